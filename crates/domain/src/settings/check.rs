//! The checks that look at several settings at once.

use super::{SettingError, Settings};

/// How often an execution may check for capacity: each check is some ten events, of which an
/// execution's history holds 25,000.
/// See <https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html>.
pub const MOST_CHECKS: u32 = 2_000;

impl Settings {
    pub(super) fn check(&self) -> Result<(), SettingError> {
        self.check_each()?;
        if self.spot_group_logical_id == self.on_demand_group_logical_id {
            return Err(SettingError::new(
                "on_demand_group_logical_id",
                &self.on_demand_group_logical_id,
                "another group than spot_group_logical_id",
            ));
        }
        let timeouts = self.spot_capacity_timeout_seconds + self.on_demand_capacity_timeout_seconds;
        let least = timeouts.div_ceil(MOST_CHECKS);
        if self.verify_interval_seconds < least {
            return Err(SettingError::new(
                "verify_interval_seconds",
                self.verify_interval_seconds,
                format!("at least {least} seconds, for {MOST_CHECKS} checks within both timeouts"),
            ));
        }
        Ok(())
    }
}
