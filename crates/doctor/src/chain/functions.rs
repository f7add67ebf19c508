//! The functions of the state machine: each runs, and its role and the machine's let it work.

use super::{
    Chain, Holder, LinkName, NotRead, Read, function,
    link::Examined,
    rights::{Judged, judge},
};
use crate::{Finding, Rule, Snapshot, chain::command};

const LINK: LinkName = LinkName::Functions;
/// Whose roles executions rest on.
const ROLES: [Holder; 5] = [
    Holder::StateMachine,
    Holder::Discover,
    Holder::Evaluate,
    Holder::Scale,
    Holder::Verify,
];

pub(super) fn examine(snapshot: &Snapshot, chain: &Chain) -> Examined {
    let machine = &chain.state_machine_arn;
    let functions = match &chain.operation.functions {
        Read::Found(functions) if !functions.is_empty() => functions,
        Read::NotRead(why) => return Examined::not_checked(LINK, machine, why),
        Read::Found(_) | Read::Missing => {
            let why = NotRead::because("SpotManager's stack lists no function but start");
            return Examined::not_checked(LINK, machine, &why);
        }
    };
    let (mut problems, mut not_read) = (Vec::new(), None);
    for (arn, read) in functions {
        match read {
            Read::Missing => problems.push(gone(snapshot, arn)),
            Read::NotRead(why) => not_read = not_read.or(Some(why)),
            Read::Found(function) => {
                problems.extend(function::cannot_run(arn, function));
                not_read = not_read.or(function.reserved_concurrency.not_read());
            }
        }
    }
    let roles = ROLES.map(|holder| judge(&chain.operation, holder));
    for role in &roles {
        match role {
            Judged::Held => {}
            Judged::Lacking(what, finding) => problems.push((what.clone(), finding.clone())),
            Judged::NotRead(why) => not_read = not_read.or(Some(why)),
        }
    }
    let mut examined = match (problems.first(), not_read) {
        (Some((detail, _)), _) => Examined::of_problems(LINK, machine, detail, &problems),
        (None, Some(why)) => Examined::not_checked(LINK, machine, why),
        (None, None) => {
            let names: Vec<_> = functions.keys().map(|arn| function::name(arn)).collect();
            let detail = format!(
                "may invoke {}, which are active and may do their work",
                names.join(", ")
            );
            Examined::ok(LINK, machine, detail)
        }
    };
    let findings = problems.into_iter().map(|(_, finding)| finding);
    examined.findings.extend(findings);
    examined
}

fn gone(snapshot: &Snapshot, arn: &str) -> (String, Finding) {
    let finding = Finding::new(
        Rule::FunctionGone,
        arn,
        "This function does not exist, so that every execution fails.",
        command::deploy_anew(snapshot),
    );
    (format!("{} does not exist", function::name(arn)), finding)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Function, LinkState, chain::link::expect, testing::snapshot};

    fn with(change: impl FnOnce(&mut Chain)) -> Examined {
        let mut snapshot = snapshot();
        change(snapshot.chain.as_mut().unwrap());
        examine(&snapshot, snapshot.chain.as_ref().unwrap())
    }

    fn with_first(change: impl FnOnce(&mut Read<Function>)) -> Examined {
        with(|chain| {
            if let Read::Found(functions) = &mut chain.operation.functions {
                change(functions.values_mut().next().unwrap());
            }
        })
    }

    #[test]
    fn each_function_is_looked_at() {
        expect(&with(|_| {}), LinkState::Ok, &[]);
        let gone = with_first(|read| *read = Read::Missing);
        expect(&gone, LinkState::Broken, &[Rule::FunctionGone]);
        let throttled = with_first(|read| {
            if let Read::Found(function) = read {
                function.reserved_concurrency = Read::Found(Some(0));
            }
        });
        expect(
            &throttled,
            LinkState::Broken,
            &[Rule::FunctionWithoutConcurrency],
        );
        let refused = with_first(|read| *read = Read::NotRead(NotRead::because("refused")));
        expect(&refused, LinkState::NotChecked, &[]);
        let unlisted = with(|chain| chain.operation.functions = Read::Found([].into()));
        expect(&unlisted, LinkState::NotChecked, &[]);
    }

    #[test]
    fn the_machine_s_role_must_let_it_invoke_them() {
        let lacking = with(|chain| {
            chain.operation.rights[0].refused = Read::Found(vec!["arn:f:sm-scale".into()]);
        });
        expect(&lacking, LinkState::Broken, &[Rule::RoleLacksPermission]);
        let fix = &lacking.findings[0].fix;
        assert!(fix.contains(r#""Resource":["arn:f:sm-scale"]"#), "{fix}");
        let gone = with(|chain| chain.operation.rights[0].refused = Read::Missing);
        expect(&gone, LinkState::Broken, &[Rule::RoleLacksPermission]);
        let unknown = with(|chain| chain.operation.rights.clear());
        expect(&unknown, LinkState::NotChecked, &[]);
    }
}
