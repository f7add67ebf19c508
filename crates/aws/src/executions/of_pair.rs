//! The executions of one pair of groups.

use jiff::Timestamp;
use spotmanager_domain::{
    CapacityLoss, Deployed, Execution, ExecutionInput, LossKind, Purpose, execution_name,
    stack_name_of,
};

use super::{Client, Listed, input, input_while_running, running, succeeded_since};
use crate::AwsError;

/// An execution, and by what those of the same pair are known.
#[derive(Clone, Copy, Debug)]
pub struct Own<'a> {
    /// The execution.
    pub execution: &'a Execution,
    /// Its stack, by name or ARN.
    pub stack_name: &'a str,
    /// What an execution does whose input does not say otherwise.
    pub deployed: &'a Deployed,
    /// Its spot group's logical id.
    pub spot_group_logical_id: &'a str,
}

/// An execution in earnest of the same pair.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Other {
    /// How it is listed.
    pub listed: Listed,
    /// What it is for.
    pub purpose: Purpose,
    /// What it replaces.
    pub loss: Option<LossKind>,
}

impl Own<'_> {
    /// Whether an execution began before this one.
    #[must_use]
    pub fn began_after(&self, other: &Listed) -> bool {
        let own = self.execution;
        (other.started_at, &other.name) < (own.began_at(), &own.name)
    }

    /// Whether an execution may be of the same pair: it is another one, and its name does not say
    /// another stack.
    #[must_use]
    pub fn may_share_pair(&self, other: &Listed) -> bool {
        let prefix = execution_name::prefix(stack_name_of(self.stack_name));
        other.name != self.execution.name
            && (!execution_name::is_given(&other.name) || other.name.starts_with(&prefix))
    }

    /// The execution of this input, if it changes the same pair of groups in earnest.
    #[must_use]
    pub fn other_of(&self, listed: Listed, input: &str) -> Option<Other> {
        let input: ExecutionInput = serde_json::from_str(input).ok()?;
        let (settings, deployed) = (input.settings, self.deployed);
        let group = settings.spot_group_logical_id;
        let group = group.as_ref().unwrap_or(&deployed.spot_group_logical_id);
        let is_of_pair = stack_name_of(&input.stack_name) == stack_name_of(self.stack_name)
            && group == self.spot_group_logical_id
            && !settings.dry_run.unwrap_or(deployed.dry_run);
        is_of_pair.then_some(Other {
            listed,
            purpose: input.purpose,
            loss: input.loss.map(|loss: CapacityLoss| loss.kind),
        })
    }
}

/// The executions of the same pair that run, the oldest first. One that only *start* could have begun
/// in the same second may not be listed yet.
///
/// # Errors
/// [`AwsError`] when a call fails.
pub async fn others(client: &Client, own: &Own<'_>) -> Result<Vec<Other>, AwsError> {
    let Some(state_machine_arn) = &own.execution.state_machine_arn else {
        return Ok(Vec::new());
    };
    let mut candidates = running(client, state_machine_arn).await?;
    candidates.retain(|listed| own.may_share_pair(listed));
    sort_by_age(&mut candidates);
    let mut others = Vec::new();
    for listed in candidates {
        let input = input_while_running(client, &listed.execution_arn).await?;
        others.extend(input.and_then(|input| own.other_of(listed, &input)));
    }
    Ok(others)
}

/// The executions of the same pair that succeeded since this one's round began, the newest first.
///
/// # Errors
/// [`AwsError`] when a call fails.
pub async fn ended_since(client: &Client, own: &Own<'_>) -> Result<Vec<Other>, AwsError> {
    let Some(state_machine_arn) = &own.execution.state_machine_arn else {
        return Ok(Vec::new());
    };
    let since = own.execution.round_began_at;
    let mut ended = Vec::new();
    for listed in succeeded_since(client, state_machine_arn, since).await? {
        if own.may_share_pair(&listed) {
            let started_with = input(client, &listed.execution_arn).await?;
            ended.extend(started_with.and_then(|input| own.other_of(listed, &input)));
        }
    }
    Ok(ended)
}

/// The oldest first.
pub fn sort_by_age(executions: &mut [Listed]) {
    executions.sort_by(|a, b| (a.started_at, &a.name).cmp(&(b.started_at, &b.name)));
}

/// The ARN of the execution of this name; `None` if the state machine's ARN is invalid.
#[must_use]
pub fn arn_of(state_machine_arn: &str, name: &str) -> Option<String> {
    let (before, machine) = state_machine_arn.rsplit_once(":stateMachine:")?;
    Some(format!("{before}:execution:{machine}:{name}"))
}

/// When an execution is late: others may have come and gone since it began.
const LATE_SECONDS: i64 = 2;

/// Whether an execution that began then asks so late that others may have ended since.
#[must_use]
pub fn is_late(began_at: Timestamp, now: Timestamp) -> bool {
    now.duration_since(began_at).as_secs() >= LATE_SECONDS
}

#[cfg(test)]
mod tests {
    use super::*;

    const GIVEN: &str = "farm-20260101T000000-0123456789abcdef";
    const OTHER: &str = "mill-20260101T000000-0123456789abcdef";

    fn execution(name: &str) -> Execution {
        Execution {
            name: name.into(),
            round_began_at: "2026-01-01T00:00:10Z".parse().unwrap(),
            state_machine_arn: None,
            round: 1,
            origin: None,
        }
    }

    fn listed(name: &str, started_at: &str) -> Listed {
        Listed {
            execution_arn: format!("arn:{name}"),
            name: name.into(),
            started_at: started_at.parse().unwrap(),
        }
    }

    fn with_own<T>(name: &str, ask: impl FnOnce(&Own<'_>) -> T) -> T {
        let deployed = Deployed {
            dry_run: false,
            spot_group_logical_id: "asgGPUSpot".into(),
        };
        ask(&Own {
            execution: &execution(name),
            stack_name: "farm",
            deployed: &deployed,
            spot_group_logical_id: "asgGPUSpot",
        })
    }

    #[test]
    fn an_execution_of_another_stack_s_name_does_not_share_the_pair() {
        let at = "2026-01-01T00:00:09Z";
        for (name, may) in [
            (GIVEN, true),
            ("by-hand", true),
            (OTHER, false),
            ("own", false),
        ] {
            let may_share = with_own("own", |own| own.may_share_pair(&listed(name, at)));
            assert_eq!(may_share, may, "{name}");
        }
    }

    #[test]
    fn of_two_that_began_together_one_is_older() {
        let at = "2026-01-01T00:00:10Z";
        assert!(with_own("b", |own| own.began_after(&listed("a", at))));
        assert!(!with_own("a", |own| own.began_after(&listed("b", at))));
        let later = "2026-01-01T00:00:11Z";
        assert!(!with_own("b", |own| own.began_after(&listed("a", later))));
    }

    #[test]
    fn a_dry_run_another_stack_and_another_pair_are_no_others() {
        let of = |input: &str| {
            let listed = listed(GIVEN, "2026-01-01T00:00:09Z");
            with_own("own", |own| own.other_of(listed, input))
        };
        for input in [
            r#"{"stack_name": "mill"}"#,
            r#"{"stack_name": "farm", "settings": {"dry_run": true}}"#,
            r#"{"stack_name": "farm", "settings": {"spot_group_logical_id": "other"}}"#,
            "{",
        ] {
            assert_eq!(of(input), None, "{input}");
        }
        let alarm = of(r#"{"stack_name": "farm"}"#).unwrap();
        assert_eq!((alarm.purpose, alarm.loss), (Purpose::ScaleUp, None));
        let back = of(r#"{"stack_name": "farm", "purpose": "return_to_spot"}"#);
        assert_eq!(back.unwrap().purpose, Purpose::ReturnToSpot);
    }

    #[test]
    fn an_execution_has_its_arn_by_its_name() {
        let machine = "arn:aws:states:us-east-1:111122223333:stateMachine:spotmanager";
        assert_eq!(
            arn_of(machine, "farm-1").as_deref(),
            Some("arn:aws:states:us-east-1:111122223333:execution:spotmanager:farm-1")
        );
        assert_eq!(arn_of("arn", "farm-1"), None);
    }

    #[test]
    fn a_discovery_is_late_if_others_may_have_ended_since_the_execution_began() {
        let at = |second| Timestamp::from_second(second).unwrap();
        assert!(!is_late(at(10), at(11)));
        assert!(is_late(at(10), at(12)));
    }
}
