//! The settings: of an execution, in a deployment's environment, and of its pairs of groups.
#![no_main]

use libfuzzer_sys::{Corpus, fuzz_target};
use serde_json::Value;
use spotmanager_domain::{Settings, SettingsOverride, WorkerPairs};
use spotmanager_fuzz::{assert_settings_hold, json, read};

fuzz_target!(|data: &[u8]| -> Corpus {
    let Some(input) = json(data) else {
        return Corpus::Reject;
    };
    if let Some(by) = read::<SettingsOverride>(&input) {
        assert_settings_hold(by);
    }
    // A variable is the setting's name in upper case, and its value a text.
    let variable = |name: &str| {
        Some(match input.get(name.to_lowercase())? {
            Value::String(text) => text.clone(),
            other => other.to_string(),
        })
    };
    if let Err(error) = Settings::from_environment(variable) {
        assert!(variable(&error.field).is_some_and(|text| text == error.found));
    }
    let pairs = Value::from(vec![
        serde_json::json!({"stack_name": "farm", "settings": input}),
    ]);
    if let Err(error) = WorkerPairs::read(&pairs.to_string()) {
        assert!(!error.field.is_empty() && !error.expected.is_empty());
    }
    Corpus::Keep
});
