//! What can be configured, once for a deployment and again for a single execution.

mod environment;
mod error;
mod overrides;
mod range;

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

pub use error::SettingError;
pub use overrides::SettingsOverride;

/// The longest that either market may take to bring capacity, seconds: both, with the retries of
/// every step, end before the state machine's own timeout.
pub const MOST_CAPACITY_TIMEOUT_SECONDS: u32 = 3_600;
/// The settings of one execution: the deployment's, with the execution's own over them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Settings {
    /// Logical id of the spot group. Nested stacks' logical ids may precede it:
    /// `stackGPU/asgGPUSpot`. A bare id is looked for in nested stacks at any depth.
    pub spot_group_logical_id: String,
    /// Logical id of the on-demand group, written likewise.
    pub on_demand_group_logical_id: String,
    /// Logical id of the SQS queue that the jobs wait in, written likewise; empty where one alarm
    /// brings one instance.
    #[serde(default)]
    pub queue_logical_id: String,
    /// How many jobs may wait for each instance, above 0; above it another instance is asked for.
    #[serde(
        default = "default_target_backlog",
        deserialize_with = "spotmanager_decision::decimal::deserialize"
    )]
    pub target_backlog_per_instance: Decimal,
    /// How many instances one alarm may bring, each in a round of its own.
    #[serde(default = "default_max_rounds")]
    pub max_rounds: u32,
    /// For how long after the first a further round may begin, seconds.
    #[serde(default = "default_rounds_timeout")]
    pub rounds_timeout_seconds: u32,
    /// What the name of a group's scale-up policy contains.
    pub scale_up_policy_name_contains: String,
    /// What the name of the on-demand group's scale-down policy contains.
    #[serde(default = "default_scale_down")]
    pub scale_down_policy_name_contains: String,
    /// How far below the maximum price the average must lie, percent, from 0 to 99.
    #[serde(deserialize_with = "spotmanager_decision::decimal::deserialize")]
    pub safety_margin_percent: Decimal,
    /// The most that spot may cost, percent of the on-demand price of the same instance type, above
    /// 0 to 100; absent for no such limit.
    #[serde(
        default,
        deserialize_with = "spotmanager_decision::decimal::deserialize_option",
        skip_serializing_if = "Option::is_none"
    )]
    pub maximum_percent_of_on_demand: Option<Decimal>,
    /// The least spot placement score of a pool's zone, 1 to 10; 0 for not asking.
    #[serde(default)]
    pub minimum_placement_score: u8,
    /// How far back prices are averaged, seconds.
    pub price_window_seconds: u32,
    /// For how long a failed launch leaves the pools of its Availability Zone out, seconds; 0 for
    /// never.
    #[serde(default)]
    pub launch_failure_window_seconds: u32,
    /// EC2's product description: `Linux/UNIX`, `Windows`, `Red Hat Enterprise Linux` …
    pub product_description: String,
    /// Whether a scale-up waits for the group's cooldown to end.
    pub honor_cooldown: bool,
    /// Whether nothing is changed, and *scale* only says which call it would have made.
    #[serde(default)]
    pub dry_run: bool,
    /// How long the machine waits between two looks at the group, seconds.
    pub verify_interval_seconds: u32,
    /// How long spot may take to bring an instance into service, seconds.
    pub spot_capacity_timeout_seconds: u32,
    /// How long on-demand may take, seconds.
    pub on_demand_capacity_timeout_seconds: u32,
    /// The maximum spot price for this execution, USD per instance-hour, over the group's own.
    #[serde(
        default,
        deserialize_with = "spotmanager_decision::decimal::deserialize_option",
        skip_serializing_if = "Option::is_none"
    )]
    pub maximum_spot_price_usd: Option<Decimal>,
}

fn default_target_backlog() -> Decimal {
    Decimal::TEN
}

fn default_scale_down() -> String {
    "ScaleDown".to_owned()
}

fn default_max_rounds() -> u32 {
    10
}

fn default_rounds_timeout() -> u32 {
    3600
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            spot_group_logical_id: "asgGPUSpot".to_owned(),
            on_demand_group_logical_id: "asgGPU".to_owned(),
            queue_logical_id: String::new(),
            target_backlog_per_instance: default_target_backlog(),
            max_rounds: default_max_rounds(),
            rounds_timeout_seconds: default_rounds_timeout(),
            scale_up_policy_name_contains: "ScaleUp".to_owned(),
            scale_down_policy_name_contains: default_scale_down(),
            safety_margin_percent: Decimal::from(15),
            maximum_percent_of_on_demand: None,
            minimum_placement_score: 0,
            price_window_seconds: 3600,
            launch_failure_window_seconds: 900,
            product_description: "Linux/UNIX".to_owned(),
            honor_cooldown: true,
            dry_run: false,
            verify_interval_seconds: 15,
            spot_capacity_timeout_seconds: 300,
            on_demand_capacity_timeout_seconds: 600,
            maximum_spot_price_usd: None,
        }
    }
}

#[cfg(test)]
mod tests {
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
            r#"PRICE_WINDOW_SECONDS is "an hour"; it should be a whole number of seconds"#
        );
    }

    #[test]
    fn the_execution_overrides_the_deployment() {
        let by: SettingsOverride =
            serde_json::from_str(r#"{"safety_margin_percent": 20, "honor_cooldown": false}"#)
                .unwrap();
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
    fn the_margin_ends_where_its_message_says() {
        let most = spotmanager_decision::verdict::HIGHEST_SAFETY_MARGIN_PERCENT;
        let by = SettingsOverride {
            safety_margin_percent: Some(most),
            ..SettingsOverride::default()
        };
        assert!(Settings::default().overridden(by).is_ok());
        assert!(range::MARGIN.ends_with(&format!(" to {most}")));
    }
}
