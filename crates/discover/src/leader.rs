//! Which execution leads a pair of groups.
//!
//! Two alarms in a row must not add up, so the execution that began first leads: it looks at the
//! queue again before it ends, and those that came after it end at once. An alarm needs a period
//! after a leader's last look to tell of new jobs, by when Step Functions lists the leader as
//! ended.

use spotmanager_aws::{
    AwsError,
    executions::{self, Client, Listed, input_while_running},
};
use spotmanager_domain::{
    Execution, ExecutionInput, Leader, Purpose, Settings, execution_name, stack_name_of,
};

/// The execution that asks who leads.
#[derive(Debug)]
pub(crate) struct Own<'a> {
    pub(crate) execution: &'a Execution,
    pub(crate) stack_name: &'a str,
    /// Whether executions change nothing unless their input says otherwise.
    pub(crate) deployed_dry_run: bool,
    /// The spot group if an execution's input names none.
    pub(crate) spot_group_logical_id: String,
    /// Whether any execution leads it, also one that no alarm started.
    pub(crate) gives_way: bool,
}

/// The execution that began before, and still runs for the same pair of groups.
pub(crate) async fn find(
    client: &Client,
    own: &Own<'_>,
    settings: &Settings,
) -> Result<Option<Leader>, AwsError> {
    // Who has led before the first round's end leads on.
    let (Some(state_machine_arn), 1) = (&own.execution.state_machine_arn, own.execution.round)
    else {
        return Ok(None);
    };
    let mut candidates = executions::running(client, state_machine_arn).await?;
    candidates.retain(|other| may_lead(other, own.execution, stack_name_of(own.stack_name)));
    candidates.sort_by(|a, b| (a.started_at, &a.name).cmp(&(b.started_at, &b.name)));
    for candidate in candidates {
        let input = input_while_running(client, &candidate.execution_arn).await?;
        if input.is_some_and(|input| leads(&input, own, &settings.spot_group_logical_id)) {
            return Ok(Some(Leader {
                execution_name: candidate.name,
                started_at: candidate.started_at,
            }));
        }
    }
    Ok(None)
}

/// Whether it began before, and its name does not tell another stack.
fn may_lead(other: &Listed, own: &Execution, stack_name: &str) -> bool {
    other.name != own.name
        && (other.started_at, &other.name) < (own.round_began_at, &own.name)
        && (!execution_name::is_given(&other.name)
            || other.name.starts_with(&execution_name::prefix(stack_name)))
}

/// Whether an execution's input asks for capacity in the same pair of groups, and in earnest. One
/// that no alarm started may end without a look at the queue, so it leads no alarm's.
fn leads(input: &str, own: &Own<'_>, spot_group_logical_id: &str) -> bool {
    serde_json::from_str::<ExecutionInput>(input).is_ok_and(|input| {
        let settings = input.settings;
        let logical_id = settings.spot_group_logical_id;
        stack_name_of(&input.stack_name) == stack_name_of(own.stack_name)
            && logical_id.as_ref().unwrap_or(&own.spot_group_logical_id) == spot_group_logical_id
            && !settings.dry_run.unwrap_or(own.deployed_dry_run)
            && (own.gives_way || (input.purpose == Purpose::ScaleUp && input.loss.is_none()))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn execution(name: &str) -> Execution {
        Execution {
            name: name.into(),
            round_began_at: "2026-01-01T00:00:10Z".parse().unwrap(),
            state_machine_arn: None,
            round: 1,
            origin: None,
        }
    }

    fn running(name: &str, started_at: &str) -> Listed {
        Listed {
            execution_arn: format!("arn:{name}"),
            name: name.into(),
            started_at: started_at.parse().unwrap(),
        }
    }

    const GIVEN: &str = "farm-20260101T000000-0123456789abcdef";
    const OTHER: &str = "mill-20260101T000000-0123456789abcdef";

    #[test]
    fn what_began_later_or_names_another_stack_does_not_lead() {
        let own = execution("own");
        let leads = |name, at| may_lead(&running(name, at), &own, "farm");
        assert!(leads(GIVEN, "2026-01-01T00:00:09Z"));
        assert!(leads("by-hand", "2026-01-01T00:00:09Z"));
        assert!(!leads(GIVEN, "2026-01-01T00:00:11Z"));
        assert!(!leads(OTHER, "2026-01-01T00:00:09Z"));
        assert!(!leads("own", "2026-01-01T00:00:09Z"));
    }

    #[test]
    fn of_two_that_began_together_one_leads() {
        let at = "2026-01-01T00:00:10Z";
        let (a, b) = (execution("a"), execution("b"));
        assert!(may_lead(&running("a", at), &b, "farm"));
        assert!(!may_lead(&running("b", at), &a, "farm"));
    }

    fn own(execution: &Execution, gives_way: bool) -> Own<'_> {
        Own {
            execution,
            stack_name: "farm",
            deployed_dry_run: false,
            spot_group_logical_id: "asgGPUSpot".into(),
            gives_way,
        }
    }

    #[test]
    fn a_dry_run_another_stack_and_another_pair_lead_nothing() {
        let execution = execution("own");
        let own = own(&execution, true);
        let leads = |input| leads(input, &own, "asgGPUSpot");
        assert!(leads(r#"{"stack_name": "farm"}"#));
        assert!(!leads(r#"{"stack_name": "mill"}"#));
        let dry = r#"{"stack_name": "farm", "settings": {"dry_run": true}}"#;
        assert!(!leads(dry));
        let pair = r#"{"stack_name": "farm", "settings": {"spot_group_logical_id": "other"}}"#;
        assert!(!leads(pair));
    }

    #[test]
    fn what_no_alarm_started_leads_no_alarm() {
        let execution = execution("own");
        let returns = r#"{"stack_name": "farm", "purpose": "return_to_spot"}"#;
        assert!(!leads(returns, &own(&execution, false), "asgGPUSpot"));
        assert!(leads(returns, &own(&execution, true), "asgGPUSpot"));
    }
}
