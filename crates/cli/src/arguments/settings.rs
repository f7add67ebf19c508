//! Settings that several commands take, under the names of SpotManager's parameters.

use std::path::PathBuf;

use clap::Args;
use rust_decimal::Decimal;
use spotmanager_contract::{SettingError, Settings, SettingsOverride};

use crate::setting_names;

/// What the stack's parts are called, and when spot is worth it.
#[derive(Debug, Args)]
pub(crate) struct WorkersSettings {
    /// Logical id of the spot group, or a path such as stackGPU/asgGPUSpot.
    #[arg(long, value_name = "ID")]
    spot_group_logical_id: Option<String>,
    /// Logical id of the on-demand group, in the same form.
    #[arg(long, value_name = "ID")]
    on_demand_group_logical_id: Option<String>,
    /// Logical id of the SQS queue that the jobs wait in, in the same form.
    #[arg(long, value_name = "ID")]
    queue_logical_id: Option<String>,
    /// What the name of each group's scale-up policy contains.
    #[arg(long, value_name = "TEXT")]
    scale_up_policy_name_contains: Option<String>,
    /// What the name of the on-demand group's scale-down policy contains.
    #[arg(long, value_name = "TEXT")]
    scale_down_policy_name_contains: Option<String>,
    /// How far below the maximum price the average spot price must lie, percent.
    #[arg(long, value_name = "PERCENT")]
    safety_margin_percent: Option<Decimal>,
    /// The most that spot may cost, percent of the on-demand price.
    #[arg(long, value_name = "PERCENT")]
    maximum_percent_of_on_demand: Option<Decimal>,
    /// EC2's product description of the spot price.
    #[arg(long, value_name = "TEXT")]
    product_description: Option<String>,
    /// Whether a scale-up waits until the group's cooldown is over: true or false.
    #[arg(long, value_name = "BOOL")]
    honor_cooldown: Option<bool>,
}

/// What the settings rest on that are not given.
#[derive(Debug, Args)]
pub(crate) struct Basis {
    /// A file of SpotManager's parameters, as `spotmanager init` writes it; - for standard input.
    #[arg(long, value_name = "PATH", conflicts_with = "spotmanager_stack")]
    pub(crate) parameters: Option<PathBuf>,
}

/// The settings that options give over the template's defaults.
///
/// # Errors
/// [`SettingError`] names the option that cannot be used.
pub(crate) fn settings_of(given: &SettingsOverride) -> Result<Settings, SettingError> {
    let settings = Settings::default().overridden(given.clone());
    settings.map_err(named_as_option)
}

/// The same refusal of a setting with the name that its option has.
pub(crate) fn named_as_option(refused: SettingError) -> SettingError {
    setting_names::renamed(refused, setting_names::option)
}

impl WorkersSettings {
    /// The settings that are given.
    pub(crate) fn overrides(&self) -> SettingsOverride {
        SettingsOverride {
            spot_group_logical_id: self.spot_group_logical_id.clone(),
            on_demand_group_logical_id: self.on_demand_group_logical_id.clone(),
            queue_logical_id: self.queue_logical_id.clone(),
            scale_up_policy_name_contains: self.scale_up_policy_name_contains.clone(),
            scale_down_policy_name_contains: self.scale_down_policy_name_contains.clone(),
            safety_margin_percent: self.safety_margin_percent,
            maximum_percent_of_on_demand: self.maximum_percent_of_on_demand,
            product_description: self.product_description.clone(),
            honor_cooldown: self.honor_cooldown,
            ..SettingsOverride::default()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_refusal_names_the_option() {
        let spot = SettingsOverride {
            spot_group_logical_id: Some("farm-spot".into()),
            ..SettingsOverride::default()
        };
        let price = SettingsOverride {
            maximum_spot_price_usd: Some(Decimal::ZERO),
            ..SettingsOverride::default()
        };
        for (given, option) in [
            (spot, "--spot-group-logical-id"),
            (price, "--maximum-spot-price"),
        ] {
            assert_eq!(settings_of(&given).unwrap_err().field, option);
        }
    }
}
