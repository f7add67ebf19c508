//! Reads what the tasks send as those read it who get it: the functions, by the domain's types, and
//! AWS, within its limits.

use serde::{Serialize, de::DeserializeOwned};
use serde_json::Value;
use spotmanager_domain::{DiscoverInput, EvaluateInput, ExecutionInput, ScaleInput, VerifyInput};

use crate::{definition::EVENTS, node::Task};

/// Of a mail's subject, which SNS wants to be "less than 100 characters long".
/// See <https://docs.aws.amazon.com/sns/latest/api/API_Publish.html>.
pub(crate) const MOST_CHARACTERS: usize = 99;

/// What a task sends: of a function the payload, as its type writes it again.
///
/// # Errors
/// What cannot be read, or would be refused.
pub(crate) fn read(task: &Task) -> Result<Value, String> {
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
            entries.iter().try_for_each(event)?;
            Ok(arguments.clone())
        }
        "sns:publish" => {
            let subject = arguments["Subject"].as_str().unwrap_or_default();
            if subject.is_ascii() && (1..=MOST_CHARACTERS).contains(&subject.len()) {
                return Ok(arguments.clone());
            }
            Err(format!("the subject is {subject:?}"))
        }
        "states:startExecution" => {
            let name = arguments["Name"].as_str().unwrap_or_default();
            // https://docs.aws.amazon.com/step-functions/latest/apireference/API_StartExecution.html
            if !(1..=80).contains(&name.len()) {
                return Err(format!("the name has {} characters", name.len()));
            }
            whole::<ExecutionInput>(&arguments["Input"])?;
            Ok(arguments.clone())
        }
        other => Err(format!("there is no check for {other}")),
    }
}

/// Reads a payload into its type, and writes it again: a field that the type does not have is lost.
fn whole<T: DeserializeOwned + Serialize>(payload: &Value) -> Result<Value, String> {
    let read: T = serde_json::from_value(payload.clone()).map_err(|error| error.to_string())?;
    let written = serde_json::to_value(read).map_err(|error| error.to_string())?;
    lost(payload, &written, "")?;
    Ok(written)
}

fn lost(sent: &Value, read: &Value, at: &str) -> Result<(), String> {
    match (sent, read) {
        (Value::Object(sent), Value::Object(read)) => sent.iter().try_for_each(|(key, sent)| {
            let at = format!("{at}/{key}");
            // Of the context object a function reads what it needs, and no failure is not written.
            if at == "/context" || at == "/failure" && sent["Error"] == "" {
                return Ok(());
            }
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
