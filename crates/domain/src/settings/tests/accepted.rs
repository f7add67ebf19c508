//! What each kind of setting accepts, and how a refusal says it.

use std::collections::BTreeMap;

use rust_decimal::Decimal;
use serde_json::{Value, json};

use crate::settings::*;

/// A text that the setting accepts and that is not its default.
fn another(setting: &Setting, default: &Value) -> String {
    match setting.values {
        Values::Flag => (default != &json!(true)).to_string(),
        Values::Number(_, range) => range.most.unwrap_or(Decimal::ONE_HUNDRED).to_string(),
        Values::OneOf(words) => words[words.len() - 1].to_owned(),
        _ => format!("stack/{}", setting.name.replace('_', "")),
    }
}

#[test]
fn the_environment_and_an_execution_s_input_set_the_same() {
    let defaults = serde_json::to_value(Settings::default()).unwrap();
    let deployed = SETTINGS.rows();
    let deployed = deployed.filter(|setting| setting.group != SettingGroup::Execution);
    let texts: BTreeMap<_, _> = deployed
        .map(|setting| (setting.name, another(setting, &defaults[setting.name])))
        .collect();
    let from_environment = Settings::from_environment(|variable| {
        texts.get(variable.to_ascii_lowercase().as_str()).cloned()
    });
    // A number or a flag is JSON as it is, and any other text is a string.
    let input = texts.iter().map(|(name, text)| {
        let value = serde_json::from_str(text).unwrap_or_else(|_| json!(text));
        ((*name).to_owned(), value)
    });
    let by = serde_json::from_value(Value::Object(input.collect())).unwrap();
    let settings = Settings::default().overridden(by).unwrap();
    assert_eq!(from_environment, Ok(settings.clone()));
    let written = serde_json::to_value(&settings).unwrap();
    for name in texts.keys() {
        assert_ne!(defaults[name], written[name], "{name}");
    }
    assert_eq!(serde_json::from_value(written).ok(), Some(settings));
}

#[test]
fn a_default_is_what_its_row_says_and_what_is_absent_is_not_written() {
    let defaults = serde_json::to_value(Settings::default()).unwrap();
    assert_eq!(defaults["honor_cooldown"], true);
    let mut written = defaults.as_object().unwrap().values();
    assert!(written.all(|value| !value.is_null()), "{defaults}");
}

#[test]
fn a_price_is_an_execution_s_alone() {
    let variable = |name: &str| (name == "MAXIMUM_SPOT_PRICE_USD").then(|| "0.1".to_owned());
    assert_eq!(
        Settings::from_environment(variable),
        Ok(Settings::default())
    );
    let by = SettingsOverride {
        maximum_spot_price_usd: "0.1".parse().ok(),
        ..SettingsOverride::default()
    };
    assert!(!by.is_empty() && SettingsOverride::default().is_empty());
    let settings = Settings::default().overridden(by).unwrap();
    assert_eq!(settings.maximum_spot_price_usd, "0.1".parse().ok());
}

#[test]
fn each_kind_of_value_has_its_range_and_its_refusal() {
    for (setting, accepted, refused, expected) in [
        (
            "spot_group_logical_id",
            json!(["asg", "stackGPU/asg", "a/b/c"]),
            json!(["", "/asg", "a//b", "a/", "a-b"]),
            "a logical id of letters and digits, nested stacks' ids before it with a /",
        ),
        (
            "queue_logical_id",
            json!(["", "jobs", "stackGPU/jobs"]),
            json!(["/", "jobs/", "a b"]),
            "a logical id of letters and digits, nested stacks' ids before it with a /",
        ),
        (
            "scale_up_policy_name_contains",
            json!(["Up", " "]),
            json!([""]),
            "a part of the scale-up policy's name",
        ),
        (
            "minimum_placement_score",
            json!([0, 10]),
            json!([11]),
            "a score, a whole number from 0 to 10; 0 for not asking",
        ),
        (
            "price_window_seconds",
            json!([60, 7_776_000]),
            json!([59, 7_776_001]),
            "a whole number of seconds from 60 to 7776000",
        ),
        (
            "max_rounds",
            json!([1, 1_000]),
            json!([0, 1_001]),
            "a whole number of rounds from 1 to 1000",
        ),
        (
            "safety_margin_percent",
            json!(["0", "99"]),
            json!(["-1", "99.1"]),
            "a number of percent from 0 to 99",
        ),
        ("product_description", json!(["", "any"]), json!([]), ""),
    ] {
        let overridden = |value: &Value| {
            let by = serde_json::from_value(json!({setting: value})).unwrap();
            Settings::default().overridden(by)
        };
        for value in accepted.as_array().unwrap() {
            let settings = overridden(value).unwrap();
            let kept = serde_json::to_value(settings).unwrap();
            assert_eq!(&kept[setting], value, "{setting}");
        }
        for value in refused.as_array().unwrap() {
            let error = overridden(value).unwrap_err();
            assert_eq!(
                (error.field.as_str(), error.expected.as_str()),
                (setting, expected)
            );
        }
    }
    for (name, text, expected) in [
        ("DRY_RUN", "yes", "true or false"),
        (
            "PRICE_WINDOW_SECONDS",
            "3600.5",
            "a whole number of seconds from 60 to 7776000",
        ),
        (
            "MAX_ROUNDS",
            "1.5",
            "a whole number of rounds from 1 to 1000",
        ),
        (
            "MINIMUM_PLACEMENT_SCORE",
            "5.5",
            "a score, a whole number from 0 to 10; 0 for not asking",
        ),
    ] {
        let refused =
            Settings::from_environment(|variable| (variable == name).then(|| text.to_owned()));
        assert_eq!(refused, Err(SettingError::new(name, text, expected)));
    }
}

#[test]
fn checks_for_capacity_are_at_most_2_000_within_both_timeouts() {
    for (spot, on_demand, interval, least) in [
        (1_000, 1_000, 1, None),
        (1_001, 1_000, 1, Some("at least 2 seconds")),
        (1_001, 1_000, 2, None),
        (3_600, 3_600, 4, None),
        (3_600, 3_600, 3, Some("at least 4 seconds")),
    ] {
        let by = SettingsOverride {
            spot_capacity_timeout_seconds: Some(spot),
            on_demand_capacity_timeout_seconds: Some(on_demand),
            verify_interval_seconds: Some(interval),
            ..SettingsOverride::default()
        };
        let refused = Settings::default().overridden(by).err();
        assert_eq!(
            refused.is_some(),
            least.is_some(),
            "{spot} {on_demand} {interval}"
        );
        if let (Some(error), Some(least)) = (refused, least) {
            assert_eq!(error.field, "verify_interval_seconds");
            assert!(error.expected.starts_with(least), "{error}");
        }
    }
}
