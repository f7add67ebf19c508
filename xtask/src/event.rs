//! `cargo xtask event`: a test event of a function, expanded for use on AWS.

use std::{
    io::{self, ErrorKind, Write},
    time::SystemTime,
};

use anyhow::{Context, Result};
use clap::Args;
use serde_json::Value;
use spotmanager_artifacts::{FUNCTIONS, events::Events};

/// What is asked for.
#[derive(Args)]
pub(crate) struct Arguments {
    /// The function
    #[arg(value_parser = FUNCTIONS)]
    function: String,
    /// The case; without it the cases are listed
    case: Option<String>,
    /// The stack with the two groups
    #[arg(long, requires = "case", value_name = "NAME")]
    stack: Option<String>,
    /// The spot group, by its name on AWS [default: STACK-spot]
    #[arg(long, requires = "case", value_name = "NAME")]
    spot_group: Option<String>,
    /// The on-demand group, by its name on AWS [default: STACK-on-demand]
    #[arg(long, requires = "case", value_name = "NAME")]
    on_demand_group: Option<String>,
    /// Further changes: a JSON Merge Patch, or a JSON Patch
    #[arg(long, requires = "case", value_name = "JSON", value_parser = json)]
    patch: Option<Value>,
    /// Only the input of the execution in an event of discover, for `aws stepfunctions`
    #[arg(long, requires = "case")]
    input: bool,
}

fn json(text: &str) -> serde_json::Result<Value> {
    serde_json::from_str(text)
}

/// Prints the event, whose latest time is now, or the list of a function's cases.
pub(crate) fn run_event(arguments: Arguments) -> Result<()> {
    let events = Events::of(&arguments.function)?;
    let Some(case) = arguments.case else {
        let width = events.list().map(|(name, _)| name.len()).max();
        let width = width.unwrap_or_default();
        let lines = events
            .list()
            .map(|(name, about)| format!("{name:width$}  {about}\n"));
        return print(&lines.collect::<String>());
    };
    let mut event = events.event(&case)?;
    if let Some(stack) = arguments.stack {
        event.stack = stack;
    }
    event.spot_group = arguments.spot_group;
    event.on_demand_group = arguments.on_demand_group;
    event.move_to(SystemTime::now().try_into()?);
    // After it, so that a time in the patch stays as it is.
    if let Some(patch) = arguments.patch {
        event.patch(&patch)?;
    }
    let mut event = event.into_value();
    if arguments.input {
        let input = event.get_mut("input").map(Value::take);
        event = input.context("only an event of discover has the input of an execution")?;
    }
    print(&format!("{event:#}\n"))
}

/// Prints for a reader who may have seen enough, as `head` has.
fn print(text: &str) -> Result<()> {
    match io::stdout().write_all(text.as_bytes()) {
        Err(error) if error.kind() == ErrorKind::BrokenPipe => Ok(()),
        result => Ok(result?),
    }
}
