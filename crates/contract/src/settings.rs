//! What can be configured, once for a deployment and again for a single execution.

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

/// The longest that either market may take to bring capacity, seconds: both, with the retries of
/// every step, end before the state machine's own timeout.
pub const MOST_CAPACITY_TIMEOUT_SECONDS: u32 = 3_600;
/// How often an execution may look for capacity: each look is some ten events, of which an
/// execution's history holds 25,000.
/// See <https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html>.
const MOST_LOOKS: u32 = 2_000;

/// The settings of one execution: the deployment's, with the execution's own over them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Settings {
    /// Logical id of the spot group. Nested stacks' logical ids may precede it:
    /// `stackGPU/asgGPUSpot`. A bare id is looked for in nested stacks at any depth.
    pub spot_group_logical_id: String,
    /// Logical id of the on-demand group, written likewise.
    pub on_demand_group_logical_id: String,
    /// What the name of a group's scale-up policy contains.
    pub scale_up_policy_name_contains: String,
    /// How far below the maximum price the average must lie, percent, from 0 to below 100.
    pub safety_margin_percent: Decimal,
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
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub maximum_spot_price_usd: Option<Decimal>,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            spot_group_logical_id: "asgGPUSpot".to_owned(),
            on_demand_group_logical_id: "asgGPU".to_owned(),
            scale_up_policy_name_contains: "ScaleUp".to_owned(),
            safety_margin_percent: Decimal::from(15),
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

macro_rules! overrides {
    ($($(#[$doc:meta])* $field:ident: $type:ty,)*) => {
        /// The settings that one execution changes; what is absent stays as deployed.
        #[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
        #[serde(deny_unknown_fields)]
        pub struct SettingsOverride {
            $($(#[$doc])* #[serde(default, skip_serializing_if = "Option::is_none")]
            pub $field: Option<$type>,)*
        }

        impl SettingsOverride {
            /// Whether nothing is changed.
            #[must_use]
            pub fn is_empty(&self) -> bool {
                *self == Self::default()
            }

            /// Lays the overrides over the deployment's settings.
            fn apply(self, settings: &mut Settings) {
                $(if let Some(value) = self.$field {
                    settings.$field = value.into();
                })*
            }
        }
    };
}

overrides! {
    /// See [`Settings::spot_group_logical_id`].
    spot_group_logical_id: String,
    /// See [`Settings::on_demand_group_logical_id`].
    on_demand_group_logical_id: String,
    /// See [`Settings::scale_up_policy_name_contains`].
    scale_up_policy_name_contains: String,
    /// See [`Settings::safety_margin_percent`]; a string or a JSON number.
    safety_margin_percent: Decimal,
    /// See [`Settings::price_window_seconds`].
    price_window_seconds: u32,
    /// See [`Settings::launch_failure_window_seconds`].
    launch_failure_window_seconds: u32,
    /// See [`Settings::product_description`].
    product_description: String,
    /// See [`Settings::honor_cooldown`].
    honor_cooldown: bool,
    /// See [`Settings::dry_run`].
    dry_run: bool,
    /// See [`Settings::verify_interval_seconds`].
    verify_interval_seconds: u32,
    /// See [`Settings::spot_capacity_timeout_seconds`].
    spot_capacity_timeout_seconds: u32,
    /// See [`Settings::on_demand_capacity_timeout_seconds`].
    on_demand_capacity_timeout_seconds: u32,
    /// See [`Settings::maximum_spot_price_usd`].
    maximum_spot_price_usd: Decimal,
}

/// A setting that cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{field} is {found:?}; it should be {expected}")]
pub struct SettingError {
    /// The setting's name.
    pub field: String,
    /// What it was.
    pub found: String,
    /// What it should be.
    pub expected: String,
}

impl SettingError {
    /// A refusal of `found` as the value of `field`.
    pub fn new(
        field: impl Into<String>,
        found: impl ToString,
        expected: impl Into<String>,
    ) -> Self {
        Self {
            field: field.into(),
            found: found.to_string(),
            expected: expected.into(),
        }
    }
}

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
            scale_up_policy_name_contains: text(
                "SCALE_UP_POLICY_NAME_CONTAINS",
                default.scale_up_policy_name_contains,
            ),
            safety_margin_percent: parse(
                read,
                "SAFETY_MARGIN_PERCENT",
                default.safety_margin_percent,
                "a number of percent from 0 to below 100",
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

    /// Lays an execution's own settings over these, and checks the result.
    ///
    /// # Errors
    /// [`SettingError`] names the first setting out of its range.
    pub fn overridden(mut self, by: SettingsOverride) -> Result<Self, SettingError> {
        by.apply(&mut self);
        self.check()?;
        Ok(self)
    }

    fn check(&self) -> Result<(), SettingError> {
        for (field, value) in [
            ("spot_group_logical_id", &self.spot_group_logical_id),
            (
                "on_demand_group_logical_id",
                &self.on_demand_group_logical_id,
            ),
        ] {
            if value
                .split('/')
                .any(|id| id.is_empty() || !id.chars().all(|c| c.is_ascii_alphanumeric()))
            {
                return Err(SettingError::new(
                    field,
                    value,
                    "a logical id of letters and digits, nested stacks' ids before it with a /",
                ));
            }
        }
        if self.spot_group_logical_id == self.on_demand_group_logical_id {
            return Err(SettingError::new(
                "on_demand_group_logical_id",
                &self.on_demand_group_logical_id,
                "another group than spot_group_logical_id",
            ));
        }
        if self.scale_up_policy_name_contains.is_empty() {
            return Err(SettingError::new(
                "scale_up_policy_name_contains",
                "",
                "a part of the scale-up policy's name",
            ));
        }
        if self.safety_margin_percent < Decimal::ZERO
            || self.safety_margin_percent >= Decimal::ONE_HUNDRED
        {
            return Err(SettingError::new(
                "safety_margin_percent",
                self.safety_margin_percent,
                "a number of percent from 0 to below 100",
            ));
        }
        // EC2 keeps 90 days of prices. Both timeouts fit into the machine's own.
        for (field, value, least, most) in [
            (
                "price_window_seconds",
                self.price_window_seconds,
                60,
                7_776_000,
            ),
            (
                "launch_failure_window_seconds",
                self.launch_failure_window_seconds,
                0,
                86_400,
            ),
            (
                "verify_interval_seconds",
                self.verify_interval_seconds,
                1,
                600,
            ),
            (
                "spot_capacity_timeout_seconds",
                self.spot_capacity_timeout_seconds,
                1,
                MOST_CAPACITY_TIMEOUT_SECONDS,
            ),
            (
                "on_demand_capacity_timeout_seconds",
                self.on_demand_capacity_timeout_seconds,
                1,
                MOST_CAPACITY_TIMEOUT_SECONDS,
            ),
        ] {
            if !(least..=most).contains(&value) {
                return Err(SettingError::new(
                    field,
                    value,
                    format!("from {least} to {most} seconds"),
                ));
            }
        }
        let timeouts = self.spot_capacity_timeout_seconds + self.on_demand_capacity_timeout_seconds;
        let least = timeouts.div_ceil(MOST_LOOKS);
        if self.verify_interval_seconds < least {
            return Err(SettingError::new(
                "verify_interval_seconds",
                self.verify_interval_seconds,
                format!("at least {least} seconds, for {MOST_LOOKS} looks within both timeouts"),
            ));
        }
        if let Some(usd) = self.maximum_spot_price_usd
            && (usd <= Decimal::ZERO || usd > spotmanager_decision::price::HIGHEST_CREDIBLE_PRICE)
        {
            return Err(SettingError::new(
                "maximum_spot_price_usd",
                usd,
                "a price above 0 in USD per instance-hour",
            ));
        }
        Ok(())
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
    fn settings_out_of_range_are_refused_by_name() {
        for (json, field) in [
            (
                r#"{"safety_margin_percent": "100"}"#,
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
}
