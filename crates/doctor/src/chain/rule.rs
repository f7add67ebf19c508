//! The rule for lost capacity: it is enabled, invokes *start*, and the function's policy lets it in.

use serde_json::json;
use spotmanager_domain::resources::EventRule;

use super::{
    Chain, LinkName, LinkState, NotRead, Read,
    command::quoted,
    link::Examined,
    lost_capacity::{self, Taken, taken},
    read::is_of,
};
use crate::{
    Finding, Rule, Snapshot,
    policy::{PolicyDocument, ServiceCall, Verdict},
};

const LINK: LinkName = LinkName::Rule;
const EVENTS: &str = "events.amazonaws.com";

/// See <https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_DescribeRule.html>.
pub(super) fn examine(snapshot: &Snapshot, chain: &Chain) -> Examined {
    let Some(named) = &chain.operation.rule else {
        let detail = "is not wanted: ReplaceLostCapacity is false";
        return Examined::ok(LINK, snapshot.spotmanager.name(), detail);
    };
    let name = &named.name;
    let rule = match &named.read {
        Read::NotRead(why) => return Examined::not_checked(LINK, name, why),
        Read::Missing => {
            let fix = "Have CloudFormation make it again: run spotmanager deploy with --parameter-overrides ReplaceLostCapacity=false, then with ReplaceLostCapacity=true.";
            return broken(Rule::RuleGone, name, "does not exist", fix.to_owned());
        }
        Read::Found(rule) => rule,
    };
    if rule.state == "DISABLED" {
        let fix = format!("aws events enable-rule --name {name}");
        return broken(Rule::RuleDisabled, name, "is DISABLED", fix);
    }
    let unknown = match taken(&rule.event_pattern) {
        Taken::All => None,
        Taken::Unknown(why) => Some(NotRead::because(why)),
        Taken::Misses(kind) => {
            let fix = format!(
                "aws events put-rule --name {name} --event-pattern {}",
                quoted(&lost_capacity::whole())
            );
            let detail = format!("takes no event {kind}");
            return broken(Rule::RuleMissesEvents, name, &detail, fix);
        }
    };
    let is_start = |arn: &String| is_of(arn, &chain.function_arn);
    let Some(target) = rule.target_arns.iter().find(|arn| is_start(arn)) else {
        let detail = "does not invoke start";
        return broken(
            Rule::RuleTargetsAnother,
            name,
            detail,
            put_target(chain, name),
        );
    };
    let permitted = permitted(chain, name, rule, target);
    match unknown {
        Some(why) if permitted.link.state == LinkState::Ok => {
            Examined::not_checked(LINK, name, &why)
        }
        _ => permitted,
    }
}

fn put_target(chain: &Chain, name: &str) -> String {
    let mut target = json!({"Id": "start", "Arn": chain.function_arn});
    if let Some(queue) = &chain.dead_letter_queue_arn {
        target["DeadLetterConfig"] = json!({"Arn": queue});
    }
    let targets = quoted(&json!([target]).to_string());
    format!("aws events put-targets --rule {name} --targets {targets}")
}

/// EventBridge sends Lambda the rule, and no account.
/// See <https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-use-resource-based.html>.
fn permitted(chain: &Chain, name: &str, rule: &EventRule, target: &str) -> Examined {
    let policy = match &chain.operation.start_policy {
        Read::NotRead(why) => return Examined::not_checked(LINK, name, why),
        Read::Missing if chain.function == Read::Missing => {
            let why = NotRead::because("the function start does not exist");
            return Examined::not_checked(LINK, name, &why);
        }
        Read::Missing => "{}",
        Read::Found(policy) => policy,
    };
    let policy = match PolicyDocument::read(policy) {
        Ok(policy) => policy,
        Err(error) => {
            let why = NotRead::because(format!("the policy of start cannot be read: {error}"));
            return Examined::not_checked(LINK, name, &why);
        }
    };
    let call = ServiceCall {
        service: EVENTS,
        action: "lambda:InvokeFunction",
        resource: target,
        sent: &[
            ("aws:sourcearn", Some(&rule.arn)),
            ("aws:sourceaccount", None),
        ],
    };
    match call.judged_by(&policy) {
        Verdict::Allowed => Examined::ok(
            LINK,
            name,
            "is ENABLED, invokes start, and start lets it in",
        ),
        Verdict::Unknown { what } => {
            let why = format!("the policy of start has {what} that doctor does not evaluate");
            Examined::not_checked(LINK, name, &NotRead::because(why))
        }
        Verdict::Denied { .. } | Verdict::NotAllowed { .. } => {
            let fix = format!(
                "aws lambda add-permission --function-name {target} --statement-id lost-capacity --action lambda:InvokeFunction --principal {EVENTS} --source-arn {}",
                rule.arn
            );
            let detail = "is not let in by the policy of start";
            broken(Rule::RuleMayNotInvoke, name, detail, fix)
        }
    }
}

fn broken(rule: Rule, name: &str, detail: &str, fix: String) -> Examined {
    let problem = format!(
        "The rule {name} {detail}: spot instances that EC2 takes back, and launches that fail, are not answered until the next alarm."
    );
    let finding = Finding::new(rule, name, problem, fix);
    Examined::broken(LINK, name, detail).with(finding)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{chain::link::expect, testing::snapshot};

    fn with(change: impl FnOnce(&mut Chain)) -> Examined {
        let mut snapshot = snapshot();
        change(snapshot.chain.as_mut().unwrap());
        examine(&snapshot, snapshot.chain.as_ref().unwrap())
    }

    fn with_rule(change: impl FnOnce(&mut EventRule)) -> Examined {
        with(|chain| {
            let named = chain.operation.rule.as_mut().unwrap();
            if let Read::Found(rule) = &mut named.read {
                change(rule);
            }
        })
    }

    #[test]
    fn it_is_enabled_invokes_start_and_is_let_in() {
        expect(&with(|_| {}), LinkState::Ok, &[]);
        let disabled = with_rule(|rule| rule.state = "DISABLED".into());
        expect(&disabled, LinkState::Broken, &[Rule::RuleDisabled]);
        assert!(disabled.findings[0].fix.ends_with("--name sm-lost"));
        let another = with_rule(|rule| rule.target_arns.clear());
        expect(&another, LinkState::Broken, &[Rule::RuleTargetsAnother]);
        let deaf = with_rule(|rule| rule.event_pattern = r#"{"source": ["aws.ec2"]}"#.into());
        expect(&deaf, LinkState::Broken, &[Rule::RuleMissesEvents]);
        assert!(
            deaf.findings[0].problem.contains("Launch Unsuccessful"),
            "{deaf:?}"
        );
        let strange = with_rule(|rule| rule.event_pattern = r#"{"region": ["x"]}"#.into());
        expect(&strange, LinkState::NotChecked, &[]);
        let stranger = with_rule(|rule| rule.arn.push_str("-old"));
        expect(&stranger, LinkState::Broken, &[Rule::RuleMayNotInvoke]);
    }

    #[test]
    fn it_may_be_gone_unread_or_not_wanted() {
        let read = |read| with(|chain| chain.operation.rule.as_mut().unwrap().read = read);
        expect(&read(Read::Missing), LinkState::Broken, &[Rule::RuleGone]);
        let refused = read(Read::NotRead(NotRead::because("refused")));
        expect(&refused, LinkState::NotChecked, &[]);
        let unread = with(|chain| {
            chain.operation.start_policy = Read::NotRead(NotRead::because("refused"));
        });
        expect(&unread, LinkState::NotChecked, &[]);
        expect(
            &with(|chain| chain.operation.rule = None),
            LinkState::Ok,
            &[],
        );
    }
}
