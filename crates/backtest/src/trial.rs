//! What is played otherwise than it is deployed.

use rust_decimal::Decimal;
use spotmanager_domain::{
    Settings,
    scaling::{ZonePrice, spread},
};

/// Which zone LaunchInstances asks for how many of so many units first.
pub type Spread = for<'z> fn(i32, &'z [ZonePrice]) -> Vec<(&'z str, i32)>;

/// What a study plays otherwise than it is deployed, to find out what that would change.
#[derive(Clone, Copy, Debug)]
pub struct Trial<'a> {
    /// How often an execution as for an alarm begins while more jobs wait than the queue's target
    /// allows, seconds; 0 for only when the alarm rises, as it is deployed.
    pub size_again: u32,
    /// Whether an alarm brings an instance only if more jobs wait than the queue's target allows. As it
    /// is deployed it brings one at least.
    pub alarm_by_queue: bool,
    /// `MaxRounds`.
    pub max_rounds: u32,
    /// `RoundsTimeoutSeconds`.
    pub rounds_timeout: u32,
    /// What spot costs in the zone of each trace, USD per instance-hour, for the order in which zones
    /// are asked; the same everywhere if there are none.
    pub zone_prices: &'a [Decimal],
    /// How LaunchInstances spreads.
    pub spread: Spread,
}

impl Default for Trial<'_> {
    /// As it is deployed.
    fn default() -> Self {
        let settings = Settings::default();
        Self {
            size_again: 0,
            alarm_by_queue: false,
            max_rounds: settings.max_rounds,
            rounds_timeout: settings.rounds_timeout_seconds,
            zone_prices: &[],
            spread,
        }
    }
}
