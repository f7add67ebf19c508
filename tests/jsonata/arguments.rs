//! Holds what the tasks send against the domain's types, the schemas and AWS's limits.

use serde::{Serialize, de::DeserializeOwned};
use serde_json::Value;
use spotmanager_domain::{DiscoverInput, EvaluateInput, ExecutionInput, ScaleInput, VerifyInput};

use crate::{
    definition::{EVENTS, TOPIC},
    node::Task,
};

/// Of a mail's subject, which SNS wants to be "less than 100 characters long".
/// See <https://docs.aws.amazon.com/sns/latest/api/API_Publish.html>.
pub(crate) const MOST_CHARACTERS: usize = 99;

/// What the pointers of a scenario start from: a function's payload, the first event's detail,
/// otherwise the arguments.
pub(crate) fn subject(task: &Task) -> &Value {
    let arguments = &task.arguments;
    match task.api.as_str() {
        "lambda:invoke" => &arguments["Payload"],
        "events:putEvents" => &arguments["Entries"][0]["Detail"],
        _ => arguments,
    }
}

/// Checks the arguments of a task.
///
/// # Errors
/// What is wrong with them.
pub(crate) fn check(task: &Task) -> Result<(), String> {
    let arguments = &task.arguments;
    match task.api.as_str() {
        "lambda:invoke" => {
            let payload = &arguments["Payload"];
            match arguments["FunctionName"].as_str() {
                Some("DiscoverFunctionArn") => whole::<DiscoverInput>(payload),
                Some("EvaluateFunctionArn") => whole::<EvaluateInput>(payload),
                Some("ScaleFunctionArn") => whole::<ScaleInput>(payload),
                Some("VerifyFunctionArn") => whole::<VerifyInput>(payload),
                other => Err(format!("there is no function {other:?}")),
            }
        }
        "events:putEvents" => {
            let entries = arguments["Entries"].as_array();
            let entries = entries.filter(|entries| (1..=2).contains(&entries.len()));
            let entries = entries.ok_or("it should be one event, or two")?;
            entries.iter().try_for_each(event)
        }
        "sns:publish" => message(task),
        "states:startExecution" => {
            let name = arguments["Name"].as_str().unwrap_or_default();
            // https://docs.aws.amazon.com/step-functions/latest/apireference/API_StartExecution.html
            if !(1..=80).contains(&name.len()) {
                return Err(format!("the name has {} characters", name.len()));
            }
            whole::<ExecutionInput>(&arguments["Input"])
        }
        other => Err(format!("there is no check for {other}")),
    }
}

/// Reads a payload into its type, and writes it again: a field that the type does not have is lost.
fn whole<T: DeserializeOwned + Serialize>(payload: &Value) -> Result<(), String> {
    let read: T = serde_json::from_value(payload.clone()).map_err(|error| error.to_string())?;
    let written = serde_json::to_value(read).map_err(|error| error.to_string())?;
    lost(payload, &written, "")
}

fn lost(sent: &Value, read: &Value, at: &str) -> Result<(), String> {
    match (sent, read) {
        (Value::Object(sent), Value::Object(read)) => sent.iter().try_for_each(|(key, sent)| {
            let at = format!("{at}/{key}");
            let read = read
                .get(key)
                .ok_or(format!("{at} is no field of the input"))?;
            lost(sent, read, &at)
        }),
        (sent, read) if sent == read => Ok(()),
        (sent, read) => Err(format!("{at} is {sent}, and read as {read}")),
    }
}

fn event(entry: &Value) -> Result<(), String> {
    if entry["Source"] != "spotmanager" {
        return Err(format!("the source is {}", entry["Source"]));
    }
    let detail_type = &entry["DetailType"];
    let known = EVENTS.iter().find(|(title, _)| title == detail_type);
    let (_, validator) = known.ok_or(format!("there is no schema for {detail_type}"))?;
    let errors = validator.iter_errors(&entry["Detail"]);
    let errors: Vec<_> = errors
        .map(|error| format!("{}: {error}", error.instance_path()))
        .collect();
    if errors.is_empty() {
        return Ok(());
    }
    Err(errors.join(", "))
}

/// See [`MOST_CHARACTERS`].
fn message(task: &Task) -> Result<(), String> {
    if task.arguments["TopicArn"] != TOPIC {
        return Err("it should go to the operations topic".into());
    }
    let subject_line = task.arguments["Subject"].as_str().unwrap_or_default();
    if !subject_line.is_ascii() || !(1..=MOST_CHARACTERS).contains(&subject_line.len()) {
        return Err(format!("the subject is {subject_line:?}"));
    }
    let message = task.arguments["Message"].as_str().unwrap_or_default();
    for line in [
        "What: ",
        "Why: ",
        "What to do: ",
        "Execution: ",
        "In a terminal: ",
    ] {
        if !message.lines().any(|text| text.starts_with(line)) {
            return Err(format!("the message has no line {line:?}: {message:?}"));
        }
    }
    Ok(())
}
