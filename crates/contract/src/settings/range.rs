//! What each setting may be.

use rust_decimal::Decimal;
use spotmanager_decision::verdict::HIGHEST_SAFETY_MARGIN_PERCENT;

use super::{MOST_CAPACITY_TIMEOUT_SECONDS, SettingError, Settings};

/// How often an execution may look for capacity: each look is some ten events, of which an
/// execution's history holds 25,000.
/// See <https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html>.
const MOST_LOOKS: u32 = 2_000;
/// What the safety margin may be, up to `HIGHEST_SAFETY_MARGIN_PERCENT`.
pub(super) const MARGIN: &str = "a number of percent from 0 to 99";
/// What a share of the on-demand price may be.
pub(super) const SHARE: &str = "a number of percent above 0 to 100";
/// What a spot placement score may be.
pub(super) const SCORE: &str = "a score from 1 to 10, or 0 for not asking";
/// The most instances that one alarm may bring.
const MOST_ROUNDS: u32 = 1_000;

impl Settings {
    pub(super) fn check(&self) -> Result<(), SettingError> {
        for (field, value) in [
            ("spot_group_logical_id", &self.spot_group_logical_id),
            (
                "on_demand_group_logical_id",
                &self.on_demand_group_logical_id,
            ),
            ("queue_logical_id", &self.queue_logical_id),
        ] {
            if field == "queue_logical_id" && value.is_empty() {
                continue;
            }
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
        if self.target_backlog_per_instance <= Decimal::ZERO {
            return Err(SettingError::new(
                "target_backlog_per_instance",
                self.target_backlog_per_instance,
                "a number of jobs above 0",
            ));
        }
        if !(1..=MOST_ROUNDS).contains(&self.max_rounds) {
            return Err(SettingError::new(
                "max_rounds",
                self.max_rounds,
                format!("from 1 to {MOST_ROUNDS} rounds"),
            ));
        }
        for (field, value, expected) in [
            (
                "scale_up_policy_name_contains",
                &self.scale_up_policy_name_contains,
                "a part of the scale-up policy's name",
            ),
            (
                "scale_down_policy_name_contains",
                &self.scale_down_policy_name_contains,
                "a part of the scale-down policy's name",
            ),
        ] {
            if value.is_empty() {
                return Err(SettingError::new(field, "", expected));
            }
        }
        if self.safety_margin_percent < Decimal::ZERO
            || self.safety_margin_percent > HIGHEST_SAFETY_MARGIN_PERCENT
        {
            return Err(SettingError::new(
                "safety_margin_percent",
                self.safety_margin_percent,
                MARGIN,
            ));
        }
        if let Some(percent) = self.maximum_percent_of_on_demand
            && (percent <= Decimal::ZERO || percent > Decimal::ONE_HUNDRED)
        {
            return Err(SettingError::new(
                "maximum_percent_of_on_demand",
                percent,
                SHARE,
            ));
        }
        if self.minimum_placement_score > 10 {
            return Err(SettingError::new(
                "minimum_placement_score",
                self.minimum_placement_score,
                SCORE,
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
                "rounds_timeout_seconds",
                self.rounds_timeout_seconds,
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
