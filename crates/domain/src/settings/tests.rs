//! Tests of reading, laying over and checking.

mod accepted;

use rust_decimal::Decimal;

use super::*;

#[test]
fn an_empty_environment_leaves_the_defaults() {
    assert_eq!(
        Settings::from_environment(|_| Some(String::new())),
        Ok(Settings::default())
    );
}

#[test]
fn a_variable_that_cannot_be_read_is_named() {
    let error = Settings::from_environment(|name| {
        (name == "PRICE_WINDOW_SECONDS").then(|| "an hour".to_owned())
    })
    .unwrap_err();
    assert_eq!(
        error.to_string(),
        r#"PRICE_WINDOW_SECONDS is "an hour"; it should be a whole number of seconds from 60 to 7776000"#
    );
}

#[test]
fn the_execution_overrides_the_deployment() {
    let by: SettingsOverride =
        serde_json::from_str(r#"{"safety_margin_percent": 20, "honor_cooldown": false}"#).unwrap();
    let settings = Settings::default().overridden(by).unwrap();
    assert_eq!(settings.safety_margin_percent, Decimal::from(20));
    assert!(!settings.honor_cooldown);
    assert_eq!(settings.price_window_seconds, 3600);
}

#[test]
fn of_two_overrides_the_one_that_lies_over_the_other_holds() {
    let read = |json| serde_json::from_str::<SettingsOverride>(json).unwrap();
    let own = read(r#"{"safety_margin_percent": 20}"#);
    let pair = read(r#"{"safety_margin_percent": 5, "honor_cooldown": false}"#);
    let both = read(r#"{"safety_margin_percent": 20, "honor_cooldown": false}"#);
    assert_eq!(own.over(pair), both);
}

#[test]
fn settings_out_of_range_are_refused_by_name() {
    for (json, field) in [
        (
            r#"{"safety_margin_percent": "99.5"}"#,
            "safety_margin_percent",
        ),
        (r#"{"price_window_seconds": 0}"#, "price_window_seconds"),
        (
            r#"{"verify_interval_seconds": 0}"#,
            "verify_interval_seconds",
        ),
        (
            r#"{"spot_group_logical_id": "a b"}"#,
            "spot_group_logical_id",
        ),
        (
            r#"{"spot_group_logical_id": "asgGPU"}"#,
            "on_demand_group_logical_id",
        ),
        (
            r#"{"maximum_spot_price_usd": "0"}"#,
            "maximum_spot_price_usd",
        ),
    ] {
        let by: SettingsOverride = serde_json::from_str(json).unwrap();
        assert_eq!(Settings::default().overridden(by).unwrap_err().field, field);
    }
}

#[test]
fn a_setting_that_an_older_input_does_not_have_is_the_default() {
    let read: Settings = serde_json::from_str(r#"{"max_rounds": 3}"#).unwrap();
    let older = Settings {
        max_rounds: 3,
        ..Settings::default()
    };
    assert_eq!(read, older);
}

#[test]
fn a_range_ends_where_its_message_says() {
    let read = |setting: &Setting, text: &str| setting.read::<Decimal>(text);
    for (setting, accepted, refused, expected) in [
        (
            &SETTINGS.safety_margin_percent,
            ["0", "99"],
            ["-0.1", "99.1"],
            "a number of percent from 0 to 99",
        ),
        (
            &SETTINGS.maximum_percent_of_on_demand,
            ["0.1", "100"],
            ["0", "100.1"],
            "a number of percent above 0 and up to 100",
        ),
        (
            &SETTINGS.target_backlog_per_instance,
            ["0.01", "1000000"],
            ["0", "jobs"],
            "a number of jobs, at least 0.01",
        ),
        (
            &SETTINGS.maximum_spot_price_usd,
            ["0.0001", "1000000"],
            ["0", "1000001"],
            "a price above 0 and up to 1000000 USD per instance-hour",
        ),
    ] {
        for text in accepted {
            assert!(read(setting, text).is_ok(), "{} {text}", setting.name);
        }
        for text in refused {
            let error = read(setting, text).unwrap_err();
            assert_eq!(error, SettingError::new(setting.name, text, expected));
        }
    }
}

#[test]
fn every_default_is_in_its_range_and_every_row_says_what_it_is() {
    assert_eq!(Settings::default().check(), Ok(()));
    for setting in SETTINGS.rows() {
        let about = setting.about();
        assert!(about.ends_with('.') && !about.contains("  "), "{about}");
    }
}
