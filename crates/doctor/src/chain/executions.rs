//! The executions of the last day: none failed, timed out or was aborted.

use super::{Chain, LinkName, NotRead, Read, link::Examined};
use crate::{Finding, Rule, Snapshot};

const LINK: LinkName = LinkName::Executions;

pub(super) fn examine(_: &Snapshot, chain: &Chain) -> Examined {
    let machine = &chain.state_machine_arn;
    let failed = match &chain.operation.failed {
        Read::NotRead(why) => return Examined::not_checked(LINK, machine, why),
        // A machine that is gone keeps no executions.
        _ if chain.state_machine_status == Read::Missing => return gone(machine),
        Read::Missing => return gone(machine),
        Read::Found(failed) => failed,
    };
    let Some(newest) = failed.first() else {
        return Examined::ok(
            LINK,
            machine,
            "had no failed execution in the last 24 hours",
        );
    };
    let count = failed.len();
    let detail = format!(
        "had {count} {} in the last 24 hours that failed, timed out or {} aborted",
        if count == 1 {
            "execution"
        } else {
            "executions"
        },
        if count == 1 { "was" } else { "were" },
    );
    let error = if newest.error.is_empty() {
        String::new()
    } else {
        format!(" with {}", newest.error)
    };
    let problem = format!(
        "It {detail}; the newest, {}, {}{error} at {}.",
        newest.name, newest.status, newest.stopped_at
    );
    let fix = format!("spotmanager explain {}", newest.arn);
    let finding = Finding::new(Rule::ExecutionsFailed, machine, problem, fix);
    Examined::warning(LINK, machine, detail).with(finding)
}

fn gone(machine: &str) -> Examined {
    let why = NotRead::because("the state machine does not exist");
    Examined::not_checked(LINK, machine, &why)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{FailedExecution, LinkState, testing::snapshot};

    fn with(failed: Read<Vec<FailedExecution>>) -> Examined {
        let mut snapshot = snapshot();
        snapshot.chain.as_mut().unwrap().operation.failed = failed;
        examine(&snapshot, snapshot.chain.as_ref().unwrap())
    }

    #[test]
    fn the_newest_is_named_with_its_error() {
        let failed = FailedExecution {
            arn: "arn:aws:states:eu-west-1:111122223333:execution:sm:farm-2".into(),
            name: "farm-2".into(),
            status: "FAILED".into(),
            stopped_at: "2026-01-01T00:00:00Z".into(),
            error: "SpotManager.NoCapacity".into(),
        };
        let older = FailedExecution {
            name: "farm-1".into(),
            ..failed.clone()
        };
        let examined = with(Read::Found(vec![failed, older]));
        assert_eq!(examined.link.state, LinkState::Warning);
        let finding = &examined.findings[0];
        assert_eq!(finding.rule, Rule::ExecutionsFailed);
        let told = "It had 2 executions in the last 24 hours that failed, timed out or were aborted; the newest, farm-2, FAILED with SpotManager.NoCapacity at 2026-01-01T00:00:00Z.";
        assert_eq!(finding.problem, told);
        assert!(
            finding
                .fix
                .starts_with("spotmanager explain arn:aws:states:")
        );
    }

    #[test]
    fn none_is_well_and_a_refusal_says_nothing() {
        assert_eq!(with(Read::Found(vec![])).link.state, LinkState::Ok);
        let refused = with(Read::NotRead(NotRead::because("refused")));
        assert_eq!(refused.link.state, LinkState::NotChecked);
        assert_eq!(with(Read::Missing).link.state, LinkState::NotChecked);
        let mut gone = snapshot();
        gone.chain.as_mut().unwrap().state_machine_status = Read::Missing;
        let examined = examine(&gone, gone.chain.as_ref().unwrap());
        assert_eq!(examined.link.state, LinkState::NotChecked);
    }
}
