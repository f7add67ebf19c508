//! The function *start*: it runs, and it starts the stack's state machine.

use super::{
    Chain, Function, Holder, LinkName, Read, Status, command,
    link::Examined,
    rights::{Judged, judge},
};
use crate::{Finding, Rule, Snapshot};

const LINK: LinkName = LinkName::Function;

pub(super) fn examine(snapshot: &Snapshot, chain: &Chain) -> Examined {
    let arn = &chain.function_arn;
    let function = match &chain.function {
        Read::Found(function) => function,
        Read::Missing => return gone(snapshot, chain),
        Read::NotRead(why) => return Examined::not_checked(LINK, arn, why),
    };
    let mut problems = cannot_run(arn, function);
    problems.extend(other_machine(chain, function));
    let right = judge(&chain.operation, Holder::Start);
    let mut unread = None;
    match &right {
        Judged::Held => {}
        Judged::Lacking(what, finding) => problems.push((what.clone(), finding.clone())),
        Judged::NotRead(why) => unread = Some(why),
    }
    let not_read = [
        function.reserved_concurrency.not_read(),
        function.state_machine_arn.not_read(),
        unread,
    ];
    let mut examined = match (problems.first(), not_read.into_iter().flatten().next()) {
        (Some((detail, _)), _) => Examined::of_problems(LINK, arn, detail, &problems),
        (None, Some(why)) => Examined::not_checked(LINK, arn, why),
        (None, None) => Examined::ok(LINK, arn, "is active and starts the stack's state machine"),
    };
    examined
        .findings
        .extend(problems.into_iter().map(|(_, finding)| finding));
    examined.findings.extend(update_failed(chain, function));
    examined
}

/// Why a function cannot run, if it exists.
pub(super) fn cannot_run(arn: &str, function: &Function) -> Vec<(String, Finding)> {
    let problems = [
        not_active(arn, function),
        without_concurrency(arn, function),
    ];
    problems.into_iter().flatten().collect()
}

/// A function's name, of its ARN.
pub(super) fn name(arn: &str) -> &str {
    arn.rsplit(':').next().unwrap_or_default()
}

fn gone(snapshot: &Snapshot, chain: &Chain) -> Examined {
    let arn = &chain.function_arn;
    Examined::broken(LINK, arn, "does not exist").with(Finding::new(
        Rule::FunctionGone,
        arn,
        "This function does not exist, so that nothing answers an alarm.",
        format!(
            "{} Without start a replay is refused: copy the messages that matter first, with aws sqs receive-message.",
            command::deploy_anew(snapshot)
        ),
    ))
}

/// See <https://docs.aws.amazon.com/lambda/latest/dg/functions-states.html>.
fn not_active(arn: &str, function: &Function) -> Option<(String, Finding)> {
    let state = &function.state;
    if state.status == "Active" {
        return None;
    }
    let fix = match state.status.as_str() {
        "Pending" => "Run doctor again in a minute: Lambda still prepares the function.",
        "Inactive" => {
            "Invoke it once, which makes it active again: a message of an alarm does, and is retried."
        }
        _ => {
            "Deploy SpotManager anew with another prefix of packages, so that Lambda makes the function again."
        }
    };
    let finding = Finding::new(
        Rule::FunctionNotActive,
        arn,
        format!("Its state is {state}; only an active function is invoked."),
        fix,
    );
    Some((format!("its state is {}", state.status), finding))
}

/// See <https://docs.aws.amazon.com/lambda/latest/dg/configuration-concurrency.html>.
fn without_concurrency(arn: &str, function: &Function) -> Option<(String, Finding)> {
    let detail = "its reserved concurrency is 0, with which Lambda throttles every call";
    let name = name(arn);
    (function.reserved_concurrency == Read::Found(Some(0))).then(|| {
        let finding = Finding::new(
            Rule::FunctionWithoutConcurrency,
            arn,
            "Its reserved concurrency is 0, with which Lambda throttles every call.",
            format!("aws lambda delete-function-concurrency --function-name {name}"),
        );
        (detail.to_owned(), finding)
    })
}

fn other_machine(chain: &Chain, function: &Function) -> Option<(String, Finding)> {
    const VARIABLE: &str = "STATE_MACHINE_ARN";
    let found = match &function.state_machine_arn {
        Read::NotRead(_) => return None,
        Read::Found(arn) if *arn == chain.state_machine_arn => return None,
        Read::Found(arn) => arn.as_str(),
        Read::Missing => "missing",
    };
    let (wanted, name) = (&chain.state_machine_arn, chain.function_name());
    let finding = Finding::new(
        Rule::FunctionStartsAnother,
        &chain.function_arn,
        format!("Its variable {VARIABLE} is {found}; the stack's state machine is {wanted}."),
        format!(
            "Set the variable: aws lambda update-function-configuration --function-name {name} --environment … replaces all variables, so name the others too; or delete SpotManager's stack and deploy it anew."
        ),
    );
    Some((format!("its variable {VARIABLE} is {found}"), finding))
}

fn update_failed(chain: &Chain, function: &Function) -> Option<Finding> {
    let update = &function.last_update;
    (update.status == "Failed").then(|| {
        Finding::new(
            Rule::FunctionUpdateFailed,
            &chain.function_arn,
            format!("Its last update is {update}; it runs as it was before."),
            "Deploy SpotManager again.",
        )
    })
}

impl std::fmt::Display for Status {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.status)?;
        match &self.reason {
            Some(reason) => write!(f, " ({})", reason.trim_end_matches('.')),
            None => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{LinkState, NotRead, chain::link::expect, testing::snapshot};

    fn with(change: impl FnOnce(&mut Function)) -> Examined {
        let mut snapshot = snapshot();
        if let Read::Found(function) = &mut snapshot.chain.as_mut().unwrap().function {
            change(function);
        }
        examine(&snapshot, snapshot.chain.as_ref().unwrap())
    }

    #[test]
    fn only_an_active_function_that_may_run_and_knows_the_machine_holds() {
        expect(&with(|_| {}), LinkState::Ok, &[]);
        for state in ["Pending", "Inactive", "Failed"] {
            let examined = with(|function| function.state.status = state.into());
            expect(&examined, LinkState::Broken, &[Rule::FunctionNotActive]);
        }
        for (concurrency, state, rules) in [
            (
                Some(0),
                LinkState::Broken,
                &[Rule::FunctionWithoutConcurrency][..],
            ),
            (Some(1), LinkState::Ok, &[]),
        ] {
            let examined =
                with(|function| function.reserved_concurrency = Read::Found(concurrency));
            expect(&examined, state, rules);
        }
        for other in [Read::Missing, Read::Found("arn:other".to_owned())] {
            let examined = with(|function| function.state_machine_arn = other);
            expect(&examined, LinkState::Broken, &[Rule::FunctionStartsAnother]);
        }
    }

    #[test]
    fn an_update_that_failed_leaves_the_function_as_it_was() {
        let examined = with(|function| function.last_update.status = "Failed".into());
        expect(&examined, LinkState::Ok, &[Rule::FunctionUpdateFailed]);
    }

    #[test]
    fn a_part_that_was_not_read_leaves_it_not_checked_unless_another_is_broken() {
        let refused = || NotRead::because("refused");
        let variables = with(|function| function.state_machine_arn = Read::NotRead(refused()));
        expect(&variables, LinkState::NotChecked, &[]);
        let both = with(|function| {
            function.reserved_concurrency = Read::NotRead(refused());
            function.state.status = "Failed".into();
        });
        expect(&both, LinkState::Broken, &[Rule::FunctionNotActive]);
    }

    #[test]
    fn a_function_that_is_gone_breaks_it() {
        let mut snapshot = snapshot();
        snapshot.chain.as_mut().unwrap().function = Read::Missing;
        let examined = examine(&snapshot, snapshot.chain.as_ref().unwrap());
        expect(&examined, LinkState::Broken, &[Rule::FunctionGone]);
    }
}
