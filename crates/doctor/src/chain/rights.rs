//! What a role may do, and the command that lets it.

use serde_json::{Value, json};

use super::{Holder, NotRead, Operation, Read, Right, command::quoted, needs};
use crate::{Finding, Rule, Severity};

/// What came of looking at a role.
#[derive(Debug)]
pub(super) enum Judged {
    /// It may do everything.
    Held,
    /// It may not, in a few words, and what fixes it.
    Lacking(String, Finding),
    /// Nobody can say.
    NotRead(NotRead),
}

/// Whether the role of a holder lets it do what it has to.
/// See <https://docs.aws.amazon.com/IAM/latest/APIReference/API_SimulatePrincipalPolicy.html>.
pub(super) fn judge(operation: &Operation, holder: Holder) -> Judged {
    let rights: Vec<_> = operation.rights_of(holder).collect();
    let Some(first) = rights.first() else {
        return Judged::NotRead(NotRead::because("its role is not known"));
    };
    if rights.iter().any(|right| right.refused == Read::Missing) {
        let what = format!("the role of {} does not exist", who(holder));
        let fix = format!(
            "Deploy SpotManager anew, for an update does not make again what was deleted: the role {} is gone.",
            name(&first.role_arn)
        );
        return Judged::Lacking(what.clone(), finding(first, &what, fix));
    }
    let lacking: Vec<_> = rights
        .iter()
        .filter_map(|right| match &right.refused {
            Read::Found(refused) if !refused.is_empty() => Some((*right, refused.as_slice())),
            Read::Found(_) | Read::Missing | Read::NotRead(_) => None,
        })
        .collect();
    if let Some((worst, _)) = lacking.first() {
        let what = what(holder, &lacking);
        return Judged::Lacking(what.clone(), finding(worst, &what, allow(&lacking)));
    }
    let not_read = rights.iter().find_map(|right| right.refused.not_read());
    not_read.map_or(Judged::Held, |why| Judged::NotRead(why.clone()))
}

fn what(holder: Holder, lacking: &[(&Right, &[String])]) -> String {
    let each = lacking.iter().map(|(right, refused)| {
        let names: Vec<_> = refused.iter().map(|arn| name(arn)).collect();
        match names[..] {
            ["*"] => right.action.to_owned(),
            _ => format!("{} on {}", right.action, names.join(", ")),
        }
    });
    let each: Vec<_> = each.collect();
    format!("the role of {} lacks {}", who(holder), each.join("; "))
}

fn who(holder: Holder) -> &'static str {
    match holder {
        Holder::StateMachine => "the state machine",
        Holder::Schedule => "the schedule",
        Holder::NotificationsRule => "the notifications' rule",
        Holder::Start => "start",
        Holder::Discover => "discover",
        Holder::Evaluate => "evaluate",
        Holder::Scale => "scale",
        Holder::Verify => "verify",
    }
}

fn finding(right: &Right, what: &str, fix: String) -> Finding {
    let need = needs::of(right.holder, right.action);
    let follows = need.map_or("its work fails", |need| need.follows);
    let what = what.strip_prefix("the ").unwrap_or(what);
    let problem = format!("The {what}: {follows}.");
    let finding = Finding::new(Rule::RoleLacksPermission, &right.role_arn, problem, fix);
    match need {
        Some(need) if need.severity != Severity::Error => finding.milder(),
        _ => finding,
    }
}

fn allow(lacking: &[(&Right, &[String])]) -> String {
    let statements: Vec<_> = lacking
        .iter()
        .map(|(right, on)| statement(right, on))
        .collect();
    let policy = json!({"Version": "2012-10-17", "Statement": statements});
    let role = lacking
        .first()
        .map_or("", |(right, _)| name(&right.role_arn));
    format!(
        "aws iam put-role-policy --role-name {role} --policy-name spotmanager-needs --policy-document {}",
        quoted(&policy.to_string())
    )
}

fn statement(right: &Right, resources: &[String]) -> Value {
    let mut statement = json!({"Effect": "Allow", "Action": right.action, "Resource": resources});
    if let Some(condition) = &right.condition {
        statement["Condition"] =
            json!({"StringLike": {(condition.key.as_str()): condition.values}});
    }
    statement
}

/// The last part of an ARN.
fn name(arn: &str) -> &str {
    arn.rsplit([':', '/']).next().unwrap_or(arn)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{LinkState, NEEDS, chain::links, diagnose, testing::snapshot};

    #[test]
    fn each_action_that_a_role_lacks_is_found_and_given_by_the_fix() {
        for (index, need) in NEEDS.iter().enumerate() {
            let mut snapshot = snapshot();
            let chain = snapshot.chain.as_mut().unwrap();
            let right = &mut chain.operation.rights[index];
            right.refused = Read::Found(vec!["arn:aws:service:r:1:it".into()]);
            let findings = diagnose(&snapshot);
            let [found] = &findings[..] else {
                panic!("{need:?}: {findings:?}");
            };
            assert_eq!(found.rule, Rule::RoleLacksPermission);
            assert_eq!(found.severity, need.severity);
            assert!(found.problem.contains(need.follows), "{found:?}");
            assert!(found.problem.contains(need.action), "{found:?}");
            let given = format!(r#""Action":"{}","#, need.action);
            assert!(found.fix.contains(&given), "{found:?}");
            let state = match need.severity {
                Severity::Error => LinkState::Broken,
                _ => LinkState::Warning,
            };
            let links = links(&snapshot);
            let others = links.iter().filter(|link| link.state != LinkState::Ok);
            let states: Vec<_> = others.map(|link| link.state).collect();
            assert_eq!(states, [state], "{need:?}");
        }
    }

    #[test]
    fn a_role_that_is_gone_or_unread_is_said_of_each_holder() {
        for need in NEEDS {
            let with = |refused: Read<Vec<String>>| {
                let mut snapshot = snapshot();
                let operation = &mut snapshot.chain.as_mut().unwrap().operation;
                for right in &mut operation.rights {
                    if right.holder == need.holder {
                        right.refused = refused.clone();
                    }
                }
                let states: Vec<_> = links(&snapshot).iter().map(|link| link.state).collect();
                (diagnose(&snapshot).len(), states)
            };
            let (gone, states) = with(Read::Missing);
            assert_eq!(gone, 1, "{need:?}");
            assert!(!states.contains(&LinkState::NotChecked), "{need:?}");
            let (unread, states) = with(Read::NotRead(NotRead::because("refused")));
            assert_eq!(unread, 0, "{need:?}");
            let not_checked = states.iter().filter(|one| **one == LinkState::NotChecked);
            assert_eq!(not_checked.count(), 1, "{need:?}");
        }
    }

    #[test]
    fn what_a_role_lacks_under_a_condition_is_given_under_it() {
        let mut snapshot = snapshot();
        let operation = &mut snapshot.chain.as_mut().unwrap().operation;
        for right in &mut operation.rights {
            if right.holder == Holder::Scale {
                right.refused = Read::Found(vec!["*".into()]);
                right.condition = Some(super::super::Condition {
                    key: "autoscaling:ResourceTag/aws:cloudformation:stack-name".into(),
                    values: vec!["farm".into(), "farm-*".into()],
                });
            }
        }
        let Judged::Lacking(what, finding) = judge(operation, Holder::Scale) else {
            panic!("it may");
        };
        assert!(what.starts_with("the role of scale lacks autoscaling:ExecutePolicy; "));
        let condition = r#""Condition":{"StringLike":{"autoscaling:ResourceTag/aws:cloudformation:stack-name":["farm","farm-*"]}}"#;
        assert!(finding.fix.contains(condition), "{finding:?}");
    }
}
