//! What a setting is called where somebody sets it: an option of the command, or a parameter of the
//! template.

use anyhow::Error;
use convert_case::{Case, Casing};
use spotmanager_discover::workers::WorkersError;
use spotmanager_domain::{SETTINGS, SettingError, SettingsOverride, WorkerPair, settings::Setting};

/// The setting's option: `queue_logical_id` is `--queue-logical-id`.
pub(crate) fn option(setting: &str) -> String {
    format!("--{}", kebab(setting))
}

/// The same without the hyphens before it.
pub(crate) fn kebab(setting: &str) -> String {
    setting.trim_end_matches("_usd").to_case(Case::Kebab)
}

/// The setting's parameter: `queue_logical_id` and `QUEUE_LOGICAL_ID` are `QueueLogicalId`.
pub(crate) fn parameter(setting: &str) -> String {
    setting.to_case(Case::Pascal)
}

/// The setting's place if a pair of `WorkerPairs` may have it itself, and otherwise its parameter.
pub(crate) fn of_pair(pair: &WorkerPair, setting: &str) -> String {
    if has(&pair.settings, setting) {
        format!("WorkerPairs: {setting} of {}", pair.stack_name)
    } else {
        parameter(setting)
    }
}

/// Whether the setting is among those that are given.
pub(crate) fn has(given: &SettingsOverride, setting: &str) -> bool {
    texts(given).iter().any(|(name, _)| *name == setting)
}

/// The settings that are given, each as a parameter's value, in the order of the table.
pub(crate) fn texts(given: &SettingsOverride) -> Vec<(&'static str, String)> {
    // A setting that is not given is not written.
    let given = serde_json::to_value(given).unwrap_or_default();
    let text = |setting: &'static Setting| {
        let value = given.get(setting.name)?;
        let text = value.as_str().map(str::to_owned);
        Some((setting.name, text.unwrap_or_else(|| value.to_string())))
    };
    SETTINGS.rows().filter_map(text).collect()
}

/// The same refusal with every setting in it under the name that `name_of` gives it.
pub(crate) fn renamed(refused: SettingError, name_of: impl Fn(&str) -> String) -> SettingError {
    let rename = |text: &str| {
        let is_end = |letter: char| !(letter.is_ascii_alphanumeric() || letter == '_');
        let pieces = text.split_inclusive(is_end).map(|piece| {
            let word = piece.trim_end_matches(is_end);
            if SETTINGS.rows().any(|setting| setting.name == word) {
                format!("{}{}", name_of(word), &piece[word.len()..])
            } else {
                piece.to_owned()
            }
        });
        pieces.collect::<String>()
    };
    SettingError {
        field: rename(&refused.field),
        expected: rename(&refused.expected),
        ..refused
    }
}

/// The same of whatever ended the reading of a stack.
pub(crate) fn renamed_in(error: Error, name_of: impl Fn(&str) -> String) -> Error {
    match error.downcast() {
        Ok(WorkersError::Setting(refused)) => {
            WorkersError::Setting(renamed(refused, name_of)).into()
        }
        Ok(error) => error.renamed(name_of).into(),
        Err(error) => match error.downcast() {
            Ok(refused) => renamed(refused, name_of).into(),
            Err(error) => error,
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_setting_has_the_name_that_it_is_set_by() {
        assert_eq!(option("queue_logical_id"), "--queue-logical-id");
        assert_eq!(option("maximum_spot_price_usd"), "--maximum-spot-price");
        assert_eq!(parameter("PRICE_WINDOW_SECONDS"), "PriceWindowSeconds");
        let pair: WorkerPair = serde_json::from_str(
            r#"{"stack_name": "mill", "settings": {"queue_logical_id": "jobs"}}"#,
        )
        .unwrap();
        assert_eq!(
            of_pair(&pair, "queue_logical_id"),
            "WorkerPairs: queue_logical_id of mill"
        );
        assert_eq!(of_pair(&pair, "max_rounds"), "MaxRounds");
    }

    #[test]
    fn every_setting_of_a_refusal_is_renamed_and_nothing_else() {
        let field = "on_demand_group_logical_id";
        let refused =
            || SettingError::new(field, "asg", "another group than spot_group_logical_id");
        assert_eq!(
            renamed(refused(), parameter).to_string(),
            r#"OnDemandGroupLogicalId is "asg"; it should be another group than SpotGroupLogicalId"#
        );
        let in_stack = renamed_in(WorkersError::from(refused()).into(), option);
        assert_eq!(
            in_stack.to_string(),
            r#"--on-demand-group-logical-id is "asg"; it should be another group than --spot-group-logical-id"#
        );
        let other = SettingError::new("--stack", "9", "a stack's name; see dry_runs");
        assert_eq!(renamed(other.clone(), parameter), other);
    }

    #[test]
    fn every_refusal_of_a_stack_names_the_option() {
        let field = || Box::from("queue_logical_id");
        let text = || "x".to_owned();
        for error in [
            WorkersError::ResourceNotFound {
                field: field(),
                found: text(),
                expected: "AWS::SQS::Queue",
                stack: text(),
                candidates: text(),
            },
            WorkersError::AmbiguousResource {
                field: field(),
                found: text(),
                paths: text(),
            },
            WorkersError::WrongResourceType {
                field: field(),
                found: text(),
                resource_type: text(),
                expected: "AWS::SQS::Queue",
            },
            WorkersError::GroupNotFound {
                field: field(),
                logical_id: text(),
                name: text(),
            },
            WorkersError::PolicyNotFound {
                field: field(),
                contains: text(),
                group: text(),
                policies: text(),
            },
            WorkersError::PolicyOnOtherGroup {
                field: field(),
                contains: text(),
                policies: text(),
                other_group: text(),
                group: text(),
            },
            WorkersError::AmbiguousPolicy {
                field: field(),
                contains: text(),
                policies: text(),
                group: text(),
            },
            WorkersError::UnusablePolicy {
                setting: field(),
                policy: text(),
                group: text(),
                field: "PolicyType",
                found: text(),
                expected: "SimpleScaling",
            },
        ] {
            let told = renamed_in(error.into(), option).to_string();
            assert!(told.contains("--queue-logical-id"), "{told}");
            assert!(!told.contains("queue_logical_id"), "{told}");
        }
    }
}
