//! An event as Lambda hands it over.

use serde::{Deserialize, Deserializer};
use serde_json::Value;

use crate::EventError;

/// An event, or why its JSON cannot be read: it is nested too deeply, or holds a number beyond all
/// types. The runtime would answer under a name of its own, which the state machine does not know.
#[derive(Debug)]
pub(crate) struct Payload(pub(crate) Result<Value, EventError>);

impl<'de> Deserialize<'de> for Payload {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(Self(
            Value::deserialize(deserializer).map_err(EventError::unreadable),
        ))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn payload(json: &str) -> Result<Value, EventError> {
        // As the runtime reads it.
        let deserializer = &mut serde_json::Deserializer::from_str(json);
        let payload: Payload = serde_path_to_error::deserialize(deserializer).unwrap();
        payload.0
    }

    #[test]
    fn what_cannot_be_held_is_refused_as_an_event() {
        let deep = "[".repeat(100_000);
        for (json, why) in [
            (deep.as_str(), "recursion limit"),
            (r#"{"a": 1e400}"#, "out of range"),
            (r#"{"a": "\ud800"}"#, "hex escape"),
        ] {
            let error = payload(json).unwrap_err().to_string();
            assert!(error.contains(why), "{error}");
        }
        assert_eq!(payload("[1]").unwrap(), serde_json::json!([1]));
    }
}
