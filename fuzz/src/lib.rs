//! What the targets share: an input is JSON, and is read as a function reads its event.

use std::fmt::Debug;

use serde::{Serialize, de::DeserializeOwned};
use serde_json::Value;
use spotmanager_domain::{
    Capacity, Settings, SettingsOverride, activity::Activity, price::Window, verdict::Limit,
};
use spotmanager_function::read_event;

/// The JSON of an input; nothing else comes to a function.
pub fn json(data: &[u8]) -> Option<Value> {
    serde_json::from_slice(data).ok()
}

/// Reads an event into a step's input, which is written and read again to the same; a refusal names
/// a field.
pub fn read<I>(event: &Value) -> Option<I>
where
    I: DeserializeOwned + Serialize + PartialEq + Debug,
{
    match read_event::<I>(event) {
        Ok(input) => {
            let written = serde_json::to_value(&input).expect("what was read is written");
            let again: I = read_event(&written).expect("what was written is read");
            assert_eq!(input, again);
            Some(input)
        }
        Err(error) => {
            assert!(!error.field.is_empty(), "{error}");
            assert!(error.found.chars().count() <= 121, "{error}");
            None
        }
    }
}

/// What stands in an input beside the event's own fields: what AWS would answer.
pub fn beside<T: DeserializeOwned>(event: &Value, field: &str) -> Option<T> {
    serde_json::from_value(event.get(field)?.clone()).ok()
}

/// The group as it is, and what it did: the fields `current` and `activities`.
pub fn group_as_it_is(event: &Value, discovered: Capacity) -> (Capacity, Vec<Activity>) {
    let current = beside(event, "current").unwrap_or(discovered);
    let activities = beside(event, "activities").unwrap_or_default();
    (current, activities)
}

/// Holds an execution's name against what Step Functions allows.
/// See <https://docs.aws.amazon.com/step-functions/latest/apireference/API_StartExecution.html>.
pub fn assert_is_execution_name(name: &str) {
    // The number of a round follows: `-r1000`.
    assert!((1..=74).contains(&name.len()), "{name}");
    let is_allowed = |c: char| c.is_ascii_alphanumeric() || c == '-';
    assert!(name.chars().all(is_allowed), "{name}");
}

/// Lays overrides over the default settings: what is refused is named, and what is taken can be
/// worked with.
pub fn assert_settings_hold(by: SettingsOverride) {
    let settings = match Settings::default().overridden(by) {
        Ok(settings) => settings,
        Err(error) => {
            assert!(!error.field.is_empty() && !error.expected.is_empty());
            return;
        }
    };
    let kept = settings.clone().overridden(SettingsOverride::default());
    assert_eq!(kept.as_ref(), Ok(&settings));
    let now = "2026-01-01T00:00:00Z".parse().expect("a time");
    assert!(Window::ending_at(now, settings.price_window_seconds).is_some());
    if let Some(maximum) = settings.maximum_spot_price_usd {
        // To six decimals.
        let slack = rust_decimal::Decimal::new(1, 6);
        let limit = Limit::new(maximum, settings.safety_margin_percent).limit_usd;
        assert!(
            !limit.is_sign_negative() && limit <= maximum + slack,
            "{limit}"
        );
    }
}
