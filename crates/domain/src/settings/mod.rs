//! What can be configured, once for a deployment and again for a single execution.

mod check;
mod declare;
mod error;
mod launch_by;
mod setting;
mod table;
#[cfg(test)]
mod tests;
mod value;

pub use check::MOST_CHECKS;
pub use error::SettingError;
pub use launch_by::{LaunchBy, NoLaunchBy};
pub use setting::{Offered, Range, Setting, SettingGroup, Unit, Values};
pub use table::{SETTINGS, Settings, SettingsOverride, Table};
pub use value::{SettingType, SettingValue};

/// The longest that either market may take to bring capacity, seconds: both, with the retries of
/// every step, end before the state machine's own timeout.
pub const MOST_CAPACITY_TIMEOUT_SECONDS: u32 = 3_600;

impl Settings {
    /// Reads the deployment's settings from environment variables, which are the fields' names in
    /// upper case. A variable that is absent or empty leaves the default. Ranges are checked by
    /// [`Self::overridden`].
    ///
    /// # Errors
    /// [`SettingError`] names the variable that cannot be read.
    pub fn from_environment(
        variable: impl Fn(&str) -> Option<String>,
    ) -> Result<Self, SettingError> {
        let deployed = SettingsOverride::of_texts(|setting| {
            let is_deployed = setting.group != SettingGroup::Execution;
            let value = is_deployed.then(|| variable(&setting.variable()))?;
            value.filter(|value| !value.is_empty())
        });
        let deployed = deployed.map_err(|refused| SettingError {
            field: refused.field.to_ascii_uppercase(),
            ..refused
        })?;
        let mut settings = Self::default();
        deployed.apply(&mut settings);
        Ok(settings)
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
}

impl SettingsOverride {
    /// Whether nothing is changed.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}
