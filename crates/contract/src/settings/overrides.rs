//! What one execution does otherwise.

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use super::{SettingError, Settings};

macro_rules! overrides {
    ($($(#[$attribute:meta])* $field:ident: $type:ty,)*) => {
        /// The settings that one execution changes; what is absent stays as deployed.
        #[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
        #[serde(deny_unknown_fields)]
        pub struct SettingsOverride {
            $($(#[$attribute])* #[serde(default, skip_serializing_if = "Option::is_none")]
            pub $field: Option<$type>,)*
        }

        impl SettingsOverride {
            /// Whether nothing is changed.
            #[must_use]
            pub fn is_empty(&self) -> bool {
                *self == Self::default()
            }

            /// Lays these over others: what is absent here is as there.
            #[must_use]
            pub fn over(self, others: Self) -> Self {
                Self {
                    $($field: self.$field.or(others.$field),)*
                }
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
    /// See [`Settings::queue_logical_id`].
    queue_logical_id: String,
    /// See [`Settings::target_backlog_per_instance`]; a string or a JSON number.
    #[serde(deserialize_with = "spotmanager_decision::decimal::deserialize_option")]
    target_backlog_per_instance: Decimal,
    /// See [`Settings::max_rounds`].
    max_rounds: u32,
    /// See [`Settings::rounds_timeout_seconds`].
    rounds_timeout_seconds: u32,
    /// See [`Settings::scale_up_policy_name_contains`].
    scale_up_policy_name_contains: String,
    /// See [`Settings::scale_down_policy_name_contains`].
    scale_down_policy_name_contains: String,
    /// See [`Settings::safety_margin_percent`]; a string or a JSON number.
    #[serde(deserialize_with = "spotmanager_decision::decimal::deserialize_option")]
    safety_margin_percent: Decimal,
    /// See [`Settings::maximum_percent_of_on_demand`]; a string or a JSON number.
    #[serde(deserialize_with = "spotmanager_decision::decimal::deserialize_option")]
    maximum_percent_of_on_demand: Decimal,
    /// See [`Settings::minimum_placement_score`].
    minimum_placement_score: u8,
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
    #[serde(deserialize_with = "spotmanager_decision::decimal::deserialize_option")]
    maximum_spot_price_usd: Decimal,
}

impl Settings {
    /// Lays an execution's own settings over these, and checks the result.
    ///
    /// # Errors
    /// [`SettingError`] names the first setting out of its range.
    pub fn overridden(mut self, by: SettingsOverride) -> Result<Self, SettingError> {
        by.apply(&mut self);
        self.check()?;
        Ok(self)
    }
}
