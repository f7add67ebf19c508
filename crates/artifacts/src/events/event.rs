//! An event on its way from the file to the function.

use jiff::{SignedDuration, Timestamp};
use serde_json::Value;

use super::{PatchError, patch::apply};

/// The offset with which CloudWatch's alarms write UTC.
const OFFSET_OF_ALARMS: &str = "+0000";

/// An expanded event, of which names and times may still be changed.
#[derive(Clone, Debug)]
pub struct Event {
    /// What stands for `{stack}` in it.
    pub stack: String,
    /// What stands for `{spot_group}`; absent for the stack's name with `-spot`.
    pub spot_group: Option<String>,
    /// What stands for `{on_demand_group}`; absent for the stack's name with `-on-demand`.
    pub on_demand_group: Option<String>,
    pub(super) body: Value,
}

impl Event {
    pub(super) fn new(stack: String, body: Value) -> Self {
        Self {
            stack,
            spot_group: None,
            on_demand_group: None,
            body,
        }
    }

    /// Applies a JSON Merge Patch or a JSON Patch.
    ///
    /// # Errors
    /// [`PatchError`] when it does not fit or changes nothing.
    pub fn patch(&mut self, patch: &Value) -> Result<(), PatchError> {
        apply(&mut self.body, patch)
    }

    /// Moves all its times by the same span, so that the latest one is `now`.
    pub fn move_to(&mut self, now: Timestamp) {
        let mut latest = None;
        visit(&mut self.body, &mut |text| {
            latest = latest.max(text.parse::<Timestamp>().ok());
        });
        let Some(latest) = latest else { return };
        let span = now.duration_since(latest);
        visit(&mut self.body, &mut |text| {
            if let Some(moved) = moved(text, span) {
                *text = moved;
            }
        });
    }

    /// The event as the function gets it: with the names in it, and with the messages of SNS as
    /// the texts that they are on AWS.
    #[must_use]
    pub fn into_value(mut self) -> Value {
        let group = |name: Option<String>, market| {
            name.unwrap_or_else(|| format!("{}-{market}", self.stack))
        };
        let spot_group = group(self.spot_group, "spot");
        let on_demand_group = group(self.on_demand_group, "on-demand");
        visit(&mut self.body, &mut |text| {
            *text = text
                .replace("{stack}", &self.stack)
                .replace("{spot_group}", &spot_group)
                .replace("{on_demand_group}", &on_demand_group);
        });
        let records = self.body.get_mut("Records").and_then(Value::as_array_mut);
        for record in records.into_iter().flatten() {
            if let Some(message) = record.pointer_mut("/Sns/Message")
                && message.is_object()
            {
                *message = Value::String(message.to_string());
            }
        }
        self.body
    }
}

/// Hands on each text of a value, but no names of fields.
fn visit(value: &mut Value, with: &mut impl FnMut(&mut String)) {
    match value {
        Value::String(text) => with(text),
        Value::Array(elements) => elements.iter_mut().for_each(|value| visit(value, with)),
        Value::Object(fields) => fields.values_mut().for_each(|value| visit(value, with)),
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

/// The text at another time and in the same format, if it is a time.
fn moved(text: &str, span: SignedDuration) -> Option<String> {
    let at = text.parse::<Timestamp>().ok()?.checked_add(span).ok()?;
    let moved = if text.contains('.') {
        format!("{at:.3}")
    } else {
        format!("{at:.0}")
    };
    Some(if text.ends_with(OFFSET_OF_ALARMS) {
        moved.replace('Z', OFFSET_OF_ALARMS)
    } else {
        moved
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn event(body: Value) -> Event {
        Event::new("farm".into(), body)
    }

    #[test]
    fn groups_are_named_after_the_stack_unless_they_have_names() {
        let body = json!({"a": "{stack}-topic", "b": ["{spot_group}", "{on_demand_group}"]});
        let mut named = event(body);
        let value = named.clone().into_value();
        assert_eq!(
            value,
            json!({"a": "farm-topic", "b": ["farm-spot", "farm-on-demand"]})
        );
        named.spot_group = Some("gpu".into());
        assert_eq!(named.into_value()["b"], json!(["gpu", "farm-on-demand"]));
    }

    #[test]
    fn a_message_of_sns_is_sent_as_text() {
        let body = json!({"Records": [
            {"Sns": {"Message": {"AlarmName": "{stack}"}}},
            {"Sns": {"Message": "by hand"}},
            {},
        ]});
        let value = event(body).into_value();
        assert_eq!(
            value["Records"][0]["Sns"]["Message"],
            r#"{"AlarmName":"farm"}"#
        );
        assert_eq!(value["Records"][1]["Sns"]["Message"], "by hand");
    }

    #[test]
    fn times_keep_their_distance_and_their_format() {
        let mut moved = event(json!({
            "started_at": "2026-01-01T00:00:00Z",
            "StateChangeTime": "2026-01-01T00:00:01.500+0000",
            "Timestamp": "2026-01-01T00:30:00.250Z",
            "about": "At 2026-01-01T00:00:00Z an instance was started",
        }));
        moved.move_to("2027-02-03T04:35:06.25Z".parse().unwrap());
        assert_eq!(
            moved.into_value(),
            json!({
                "started_at": "2027-02-03T04:05:06Z",
                "StateChangeTime": "2027-02-03T04:05:07.500+0000",
                "Timestamp": "2027-02-03T04:35:06.250Z",
                "about": "At 2026-01-01T00:00:00Z an instance was started",
            })
        );
    }

    #[test]
    fn an_event_without_times_stays_as_it_is() {
        let mut body = event(json!({"count": 1}));
        body.move_to(Timestamp::UNIX_EPOCH);
        assert_eq!(body.into_value(), json!({"count": 1}));
    }
}
