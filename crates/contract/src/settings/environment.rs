//! The deployment's settings, from the environment of *discover*.

use super::{
    SettingError, Settings,
    range::{MARGIN, SCORE, SHARE},
};

impl Settings {
    /// Reads the deployment's settings from environment variables, which are the fields' names in
    /// upper case. A variable that is absent or empty leaves the default.
    ///
    /// # Errors
    /// [`SettingError`] names the variable that cannot be used.
    pub fn from_environment(
        variable: impl Fn(&str) -> Option<String>,
    ) -> Result<Self, SettingError> {
        let read = |name: &str| variable(name).filter(|value| !value.is_empty());
        fn parse<T: std::str::FromStr>(
            read: impl Fn(&str) -> Option<String>,
            name: &str,
            default: T,
            expected: &str,
        ) -> Result<T, SettingError> {
            match read(name) {
                None => Ok(default),
                Some(text) => text
                    .trim()
                    .parse()
                    .map_err(|_| SettingError::new(name, text, expected)),
            }
        }
        let seconds = |name, default| parse(read, name, default, "a whole number of seconds");
        let text = |name, default: String| read(name).unwrap_or(default);
        let default = Self::default();
        Ok(Self {
            spot_group_logical_id: text("SPOT_GROUP_LOGICAL_ID", default.spot_group_logical_id),
            on_demand_group_logical_id: text(
                "ON_DEMAND_GROUP_LOGICAL_ID",
                default.on_demand_group_logical_id,
            ),
            queue_logical_id: text("QUEUE_LOGICAL_ID", default.queue_logical_id),
            target_backlog_per_instance: parse(
                read,
                "TARGET_BACKLOG_PER_INSTANCE",
                default.target_backlog_per_instance,
                "a number of jobs above 0",
            )?,
            max_rounds: parse(read, "MAX_ROUNDS", default.max_rounds, "a whole number")?,
            rounds_timeout_seconds: seconds(
                "ROUNDS_TIMEOUT_SECONDS",
                default.rounds_timeout_seconds,
            )?,
            scale_up_policy_name_contains: text(
                "SCALE_UP_POLICY_NAME_CONTAINS",
                default.scale_up_policy_name_contains,
            ),
            scale_down_policy_name_contains: text(
                "SCALE_DOWN_POLICY_NAME_CONTAINS",
                default.scale_down_policy_name_contains,
            ),
            safety_margin_percent: parse(
                read,
                "SAFETY_MARGIN_PERCENT",
                default.safety_margin_percent,
                MARGIN,
            )?,
            maximum_percent_of_on_demand: match read("MAXIMUM_PERCENT_OF_ON_DEMAND") {
                None => None,
                Some(text) => {
                    Some(text.trim().parse().map_err(|_| {
                        SettingError::new("MAXIMUM_PERCENT_OF_ON_DEMAND", text, SHARE)
                    })?)
                }
            },
            minimum_placement_score: parse(
                read,
                "MINIMUM_PLACEMENT_SCORE",
                default.minimum_placement_score,
                SCORE,
            )?,
            price_window_seconds: seconds("PRICE_WINDOW_SECONDS", default.price_window_seconds)?,
            launch_failure_window_seconds: seconds(
                "LAUNCH_FAILURE_WINDOW_SECONDS",
                default.launch_failure_window_seconds,
            )?,
            product_description: text("PRODUCT_DESCRIPTION", default.product_description),
            honor_cooldown: parse(
                read,
                "HONOR_COOLDOWN",
                default.honor_cooldown,
                "true or false",
            )?,
            dry_run: parse(read, "DRY_RUN", default.dry_run, "true or false")?,
            verify_interval_seconds: seconds(
                "VERIFY_INTERVAL_SECONDS",
                default.verify_interval_seconds,
            )?,
            spot_capacity_timeout_seconds: seconds(
                "SPOT_CAPACITY_TIMEOUT_SECONDS",
                default.spot_capacity_timeout_seconds,
            )?,
            on_demand_capacity_timeout_seconds: seconds(
                "ON_DEMAND_CAPACITY_TIMEOUT_SECONDS",
                default.on_demand_capacity_timeout_seconds,
            )?,
            maximum_spot_price_usd: None,
        })
    }
}
