//! Which execution is meant.

use anyhow::{Context, Result, bail};
use serde_json::Value;
use spotmanager_aws::{
    SdkConfig,
    executions::{self, Client, Listed},
    state_machines,
};
use spotmanager_domain::{execution_name, stack_name_of};

use crate::{
    account::place,
    arguments::{Execution, Explain},
};

/// How many of a machine's newest executions are looked at for the stack's name in theirs, and how
/// many for the newest of the stack.
const RECENT: usize = 100;
const MOST: usize = 1_000;

/// The ARN of the execution.
pub(super) async fn execution_arn(
    config: &SdkConfig,
    client: &Client,
    wanted: &Explain,
) -> Result<String> {
    let machine = wanted.state_machine.as_ref();
    let machine = machine.map(|machine| machine.arn.as_str());
    match (&wanted.execution, &wanted.stack) {
        (Some(Execution::Arn { arn, .. }), _) => Ok(arn.clone()),
        (Some(Execution::Name(name)), _) => of_name(config, client, name, machine).await,
        (None, Some(stack)) => Box::pin(newest_of(client, stack_name_of(stack), machine)).await,
        (None, None) => {
            bail!("no execution is named; give its ARN, its name, or --last --stack NAME")
        }
    }
}

async fn of_name(
    config: &SdkConfig,
    client: &Client,
    name: &str,
    machine: Option<&str>,
) -> Result<String> {
    let machines = match machine {
        Some(arn) => vec![arn.to_owned()],
        None => state_machines::standard(client).await?,
    };
    for machine in machines {
        let arn = arn_of(&machine, name);
        if executions::input(client, &arn).await?.is_some() {
            return Ok(arn);
        }
    }
    let place = place(config).await;
    bail!(
        "no execution of {place} is named {name:?}; `spotmanager explain --last --stack NAME` explains a stack's newest"
    )
}

/// An execution's ARN, of its state machine's and its name.
fn arn_of(state_machine_arn: &str, name: &str) -> String {
    let machine = state_machine_arn.replacen(":stateMachine:", ":execution:", 1);
    format!("{machine}:{name}")
}

async fn newest_of(client: &Client, stack: &str, machine: Option<&str>) -> Result<String> {
    let machines = match machine {
        Some(arn) => vec![arn.to_owned()],
        None => machines_of(client, stack).await?,
    };
    let mut newest: Option<Listed> = None;
    for machine in machines {
        for execution in executions::newest(client, &machine, MOST).await? {
            // What follows in the list is older still.
            if newest
                .as_ref()
                .is_some_and(|newest| newest.started_at >= execution.started_at)
            {
                break;
            }
            if may_be_of(&execution.name, stack) && is_of(client, &execution, stack).await? {
                newest = Some(execution);
                break;
            }
        }
    }
    let newest = newest.with_context(|| {
        format!(
            "no execution for the stack {stack} is found; give SpotManager's output StateMachineArn with --state-machine where executions were started by hand only"
        )
    })?;
    Ok(newest.execution_arn)
}

/// The state machines among whose newest executions one's name begins with the stack's.
async fn machines_of(client: &Client, stack: &str) -> Result<Vec<String>> {
    let mut machines = Vec::new();
    for machine in state_machines::standard(client).await? {
        let recent = executions::newest(client, &machine, RECENT).await?;
        if recent
            .iter()
            .any(|listed| is_named_after(&listed.name, stack))
        {
            machines.push(machine);
        }
    }
    Ok(machines)
}

fn is_named_after(name: &str, stack: &str) -> bool {
    execution_name::is_given(name) && name.starts_with(&execution_name::prefix(stack))
}

/// A name that somebody else gave tells no stack.
fn may_be_of(name: &str, stack: &str) -> bool {
    !execution_name::is_given(name) || is_named_after(name, stack)
}

/// Stacks whose names begin alike share the beginning of their executions' names, so the input
/// decides.
async fn is_of(client: &Client, execution: &Listed, stack: &str) -> Result<bool> {
    let input = executions::input(client, &execution.execution_arn).await?;
    Ok(input.is_some_and(|input| stack_in(&input).as_deref() == Some(stack)))
}

fn stack_in(input: &str) -> Option<String> {
    let input: Value = serde_json::from_str(input).ok()?;
    let stack = input.get("stack_name")?.as_str()?;
    Some(stack_name_of(stack).to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    const GIVEN: &str = "farm-20260101T000000-0123456789abcdef";

    #[test]
    fn an_execution_s_arn_is_made_of_its_machine_s() {
        let machine = "arn:aws:states:eu-west-1:111122223333:stateMachine:sm";
        let arn = "arn:aws:states:eu-west-1:111122223333:execution:sm:jobs-1";
        assert_eq!(arn_of(machine, "jobs-1"), arn);
    }

    #[test]
    fn a_given_name_tells_its_stack_and_another_may_be_any_s() {
        assert!(is_named_after(GIVEN, "farm"));
        assert!(!is_named_after(GIVEN, "mill"));
        assert!(!is_named_after("farm-by-hand", "farm"));
        assert!(may_be_of("by-hand", "farm"));
        assert!(!may_be_of(GIVEN, "mill"));
    }

    #[test]
    fn the_input_tells_the_stack_by_name_or_arn() {
        let arn = "arn:aws:cloudformation:eu-west-1:111122223333:stack/farm/1a2b";
        let stack = |name: &str| stack_in(&format!(r#"{{"stack_name": "{name}"}}"#));
        assert_eq!(stack("farm").as_deref(), Some("farm"));
        assert_eq!(stack(arn).as_deref(), Some("farm"));
        assert_eq!(stack_in("{}"), None);
        assert_eq!(stack_in("no JSON"), None);
    }
}
