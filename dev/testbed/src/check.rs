//! Saying what was expected.

use anyhow::{Context, Result, ensure};
use serde_json::Value;
use spotmanager_domain::ErrorName;
use spotmanager_fake_aws::runtime_api::FunctionError;

/// What a function answered: its output, or its error.
pub type FunctionAnswer = Result<Value, FunctionError>;

/// Checks the value at a JSON pointer.
///
/// # Errors
/// When it is another one.
pub fn expect(value: &Value, pointer: &str, expected: impl Into<Value>) -> Result<()> {
    let expected = expected.into();
    let found = value.pointer(pointer).unwrap_or(&Value::Null);
    ensure!(
        *found == expected,
        "{pointer} is {found} instead of {expected} in {value:#}"
    );
    Ok(())
}

/// The output of a function that must have answered without an error.
///
/// # Errors
/// When it refused.
pub fn expect_output(answer: FunctionAnswer) -> Result<Value> {
    answer.map_err(|error| anyhow::anyhow!("{}: {}", error.error_type, error.error_message))
}

/// Checks that a function refused, under this name and with all of these parts in its message:
/// the field, what it was, what it should be.
///
/// # Errors
/// When it did otherwise.
pub fn expect_refusal(answer: FunctionAnswer, name: ErrorName, parts: &[&str]) -> Result<()> {
    let Err(error) = answer else {
        anyhow::bail!("the function answered {answer:?} instead of {name}");
    };
    ensure!(
        error.error_type == name.as_str(),
        "{} instead of {name}: {}",
        error.error_type,
        error.error_message
    );
    for part in parts {
        ensure!(
            error.error_message.contains(part),
            "no {part:?} in {:?}",
            error.error_message
        );
    }
    Ok(())
}

/// Holds a document against a JSON schema.
///
/// # Errors
/// When the schema is none, or does not allow the document.
pub fn expect_schema(schema: &Value, document: &Value) -> Result<()> {
    let validator = jsonschema::validator_for(schema).context("no schema")?;
    let errors: Vec<_> = validator
        .iter_errors(document)
        .map(|error| format!("{}: {error}", error.instance_path()))
        .collect();
    ensure!(errors.is_empty(), "{errors:?} in {document:#}");
    Ok(())
}

/// Reads JSON.
///
/// # Errors
/// When it is none.
pub fn as_json(text: &str) -> Result<Value> {
    serde_json::from_str(text).with_context(|| format!("no JSON: {text}"))
}
