//! What a setting came to.

use rust_decimal::Decimal;

use super::columns::ShareColumn;

/// What a setting came to over the whole period.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Outcome {
    /// How long a spot instance served, seconds.
    pub spot_seconds: Decimal,
    /// How long an on-demand instance served, seconds.
    pub on_demand_seconds: Decimal,
    /// What the instances cost, USD times seconds.
    usd_seconds: Decimal,
    /// How often an instance of one kind was launched after one of the other.
    pub switches: u64,
    /// How often a spot instance was taken back, because its price passed the maximum.
    pub interruptions: u64,
    /// How often spot was chosen and every pool cost more than the maximum just then.
    pub failed_launches: u64,
    /// How often the decision was asked.
    pub decisions: u64,
}

impl Outcome {
    /// What the instances cost, USD, at the prices as they changed.
    #[must_use]
    pub fn usd(&self) -> Decimal {
        self.usd_seconds / Decimal::from(3_600)
    }

    pub(super) fn pay(&mut self, usd: Decimal, is_spot: bool, seconds: Decimal) {
        // A price is at most a million USD, and the calendar holds less than 2^40 seconds.
        self.usd_seconds += usd * seconds;
        if is_spot {
            self.spot_seconds += seconds;
        } else {
            self.on_demand_seconds += seconds;
        }
    }
}

/// What a setting came to, with what a picture of it needs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Replayed {
    /// Over the whole period.
    pub outcome: Outcome,
    /// Who served over each column.
    pub shares: Vec<ShareColumn>,
    /// How long a spot instance of each pool served, seconds.
    pub spot_seconds: Vec<Decimal>,
}
