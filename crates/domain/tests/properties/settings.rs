//! Settings of any figures: refused by their names, or kept as they are written.

use std::collections::BTreeMap;

use proptest::prelude::*;
use rust_decimal::Decimal;
use serde_json::Value;
use spotmanager_domain::{SETTINGS, Settings, SettingsOverride, WorkerPairs};

/// Every setting by its name.
fn fields() -> Vec<String> {
    let names = SETTINGS.rows().map(|setting| setting.name.to_owned());
    names.collect()
}

fn text() -> impl Strategy<Value = String> {
    let known = [
        "",
        "0",
        "15",
        "-1",
        "100",
        "0.000001",
        "1e400",
        "NaN",
        "true",
        "asgGPU",
        "79228162514264337593543950335",
        "4294967296",
    ];
    prop_oneof![
        prop::sample::select(known.to_vec()).prop_map(str::to_owned),
        any::<String>()
    ]
}

fn value() -> impl Strategy<Value = Value> {
    prop_oneof![
        text().prop_map(Value::from),
        (-10..10_000_i64).prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        any::<bool>().prop_map(Value::from),
        Just(Value::Null)
    ]
}

fn some<T: std::fmt::Debug>(
    of: impl Strategy<Value = T>,
) -> impl Strategy<Value = BTreeMap<String, T>> {
    prop::collection::btree_map(prop::sample::select(fields()), of, 0..4)
}

proptest! {
    #[test]
    fn an_override_is_refused_by_a_setting_s_name_or_kept(values in some(value())) {
        let json = Value::Object(values.into_iter().collect());
        if let Ok(by) = serde_json::from_value::<SettingsOverride>(json) {
            match Settings::default().overridden(by) {
                Ok(settings) => {
                    let percent = settings.safety_margin_percent;
                    prop_assert!(percent >= Decimal::ZERO && percent <= Decimal::from(99));
                    prop_assert!(settings.target_backlog_per_instance >= Decimal::new(1, 2));
                    prop_assert!((60..=7_776_000).contains(&settings.price_window_seconds));
                    let written = serde_json::to_string(&settings).unwrap_or_default();
                    let read: Option<Settings> = serde_json::from_str(&written).ok();
                    prop_assert_eq!(read, Some(settings));
                }
                Err(error) => prop_assert!(fields().contains(&error.field), "{error}"),
            }
        }
    }

    #[test]
    fn an_environment_is_refused_by_a_variable_s_name_or_read(values in some(text())) {
        let variable = |name: &str| values.get(&name.to_lowercase()).cloned();
        if let Err(error) = Settings::from_environment(variable) {
            prop_assert!(values.contains_key(&error.field.to_lowercase()), "{error}");
        }
    }

    #[test]
    fn pairs_of_any_text_are_refused_or_read(json in any::<String>(), stack in any::<String>()) {
        let pair = serde_json::json!([{"stack_name": stack}]).to_string();
        for text in [json, pair] {
            if let Err(error) = WorkerPairs::read(&text) {
                prop_assert!(error.field.starts_with("WORKER_PAIRS"), "{error}");
            }
        }
    }
}
