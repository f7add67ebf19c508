//! Reading an event into a step's input type.

use serde::de::DeserializeOwned;
use spotmanager_domain::{ErrorName, NamedError};

use crate::shortened::shortened;

/// Enough characters to recognise a value by, without flooding the console.
const MOST_FOUND: usize = 120;

/// An event that is not the step's input.
#[derive(Debug, thiserror::Error)]
#[error("the event's field {field} is {found}: {expected}")]
pub struct EventError {
    /// The path of the field, `.` for the event itself.
    pub field: String,
    /// What stood there, shortened.
    pub found: String,
    /// What is wrong with it, and what would be right.
    pub expected: String,
}

impl EventError {
    /// An event whose JSON cannot be held.
    pub(crate) fn unreadable(why: impl ToString) -> Self {
        Self {
            field: ".".to_owned(),
            found: "JSON that cannot be read".to_owned(),
            expected: why.to_string(),
        }
    }
}

impl NamedError for EventError {
    fn name(&self) -> ErrorName {
        ErrorName::InvalidInput
    }
}

/// An event that this release's state machine sends, or the previous one's, which has the group in
/// the event itself.
#[derive(Debug)]
pub enum Versioned<I, P> {
    /// With a discovery and a step.
    Present(I),
    /// With a group.
    Previous(P),
}

/// What an event is read into.
pub trait FromEvent: Sized {
    /// Reads an event.
    ///
    /// # Errors
    /// [`EventError`] names the field at which the event goes wrong.
    fn from_event(event: &serde_json::Value) -> Result<Self, EventError>;
}

impl<I: DeserializeOwned> FromEvent for I {
    fn from_event(event: &serde_json::Value) -> Result<Self, EventError> {
        read_event(event)
    }
}

impl<I: DeserializeOwned, P: DeserializeOwned> FromEvent for Versioned<I, P> {
    fn from_event(event: &serde_json::Value) -> Result<Self, EventError> {
        if event.get("group").is_some() {
            read_event(event).map(Self::Previous)
        } else {
            read_event(event).map(Self::Present)
        }
    }
}

/// Reads an event into the input type.
///
/// # Errors
/// [`EventError`] names the field at which the event goes wrong.
pub fn read_event<I: DeserializeOwned>(event: &serde_json::Value) -> Result<I, EventError> {
    serde_path_to_error::deserialize(event).map_err(|error| {
        let path = match error.path().to_string() {
            // A key may be empty, and its name should be seen.
            path if path.is_empty() => r#""""#.to_owned(),
            path => path,
        };
        let found = found_at(event, error.path());
        EventError {
            field: path,
            found,
            expected: in_terms_of_json(&error.into_inner().to_string()),
        }
    })
}

/// Serde's message without the names of Rust's types, which the console's reader does not know.
fn in_terms_of_json(message: &str) -> String {
    match message.split_once("expected struct ") {
        Some((before, after)) => {
            let name = |letter: char| letter.is_alphanumeric() || letter == '_';
            format!(
                "{before}expected an object{}",
                after.trim_start_matches(name)
            )
        }
        None => message.to_owned(),
    }
}

fn found_at(event: &serde_json::Value, path: &serde_path_to_error::Path) -> String {
    use serde_path_to_error::Segment;
    let mut value = Some(event);
    for segment in path.iter() {
        value = value.and_then(|value| match segment {
            Segment::Map { key } => value.get(key),
            Segment::Seq { index } => value.get(index),
            _ => Some(value),
        });
    }
    let text = value.map_or_else(|| "absent".to_owned(), ToString::to_string);
    shortened(text, MOST_FOUND)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;
    use spotmanager_domain::{DiscoverInput, ExecutionInput};

    #[test]
    fn a_wrong_field_is_named_with_what_it_was() {
        let error = read_event::<DiscoverInput>(&json!({
            "execution": {"name": "x", "started_at": "yesterday"},
            "input": {"stack_name": "workers"}
        }))
        .unwrap_err();
        assert_eq!(error.field, "execution.started_at");
        assert_eq!(error.found, r#""yesterday""#);
    }

    #[test]
    fn a_missing_field_is_named() {
        let error = read_event::<ExecutionInput>(&json!({})).unwrap_err();
        assert!(error.to_string().contains("stack_name"), "{error}");
    }

    #[test]
    fn what_should_stand_there_is_named_in_the_words_of_the_console() {
        let event = json!({"execution": {"name": "x"}, "input": "x"});
        let error = read_event::<DiscoverInput>(&event).unwrap_err();
        assert!(!error.to_string().contains("struct"), "{error}");
    }

    #[test]
    fn a_field_without_a_name_is_shown() {
        let event = json!({"stack_name": "a", "": 256});
        let error = read_event::<ExecutionInput>(&event).unwrap_err();
        assert_eq!(error.field, r#""""#);
        assert_eq!(error.found, "256");
    }

    #[test]
    fn a_misspelt_field_is_named() {
        let error =
            read_event::<ExecutionInput>(&json!({"stack_name": "a", "setings": {}})).unwrap_err();
        assert!(error.to_string().contains("setings"), "{error}");
    }
}
