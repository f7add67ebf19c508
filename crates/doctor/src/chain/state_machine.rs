//! The state machine: the one of the stack exists.

use super::{Chain, LinkName, Read, command, link::Examined};
use crate::{Finding, Rule, Snapshot};

const LINK: LinkName = LinkName::StateMachine;

/// See <https://docs.aws.amazon.com/step-functions/latest/apireference/API_DescribeStateMachine.html>.
pub(super) fn examine(snapshot: &Snapshot, chain: &Chain) -> Examined {
    let arn = &chain.state_machine_arn;
    let detail = match &chain.state_machine_status {
        Read::NotRead(why) => return Examined::not_checked(LINK, arn, why),
        Read::Found(status) if status == "ACTIVE" => return Examined::ok(LINK, arn, "is ACTIVE"),
        Read::Found(status) => format!("is {status}"),
        Read::Missing => "does not exist".to_owned(),
    };
    let finding = Finding::new(
        Rule::StateMachineGone,
        arn,
        format!("This state machine {detail}, so that no execution is started."),
        command::deploy_anew(snapshot),
    );
    Examined::broken(LINK, arn, detail).with(finding)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{LinkState, testing::snapshot};

    #[test]
    fn a_machine_that_is_gone_or_going_breaks_it() {
        for (status, state, findings) in [
            (Read::Found("ACTIVE".to_owned()), LinkState::Ok, 0),
            (Read::Found("DELETING".to_owned()), LinkState::Broken, 1),
            (Read::Missing, LinkState::Broken, 1),
        ] {
            let mut snapshot = snapshot();
            snapshot.chain.as_mut().unwrap().state_machine_status = status;
            let examined = examine(&snapshot, snapshot.chain.as_ref().unwrap());
            assert_eq!(examined.link.state, state);
            assert_eq!(examined.findings.len(), findings, "{examined:?}");
        }
    }
}
