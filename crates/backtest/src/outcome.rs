//! What a policy came to.

use rust_decimal::Decimal;

/// What an instance costs, USD per instance-hour.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Prices {
    /// Spot.
    pub spot: Decimal,
    /// On demand.
    pub on_demand: Decimal,
}

/// What a policy came to over the whole trace.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Outcome {
    /// Seconds of spot instances, from launch to end.
    pub spot_seconds: u64,
    /// Seconds of on-demand instances, from launch to end.
    pub on_demand_seconds: u64,
    /// Seconds in which a job waited and no instance was in service or launching.
    pub waited_seconds: u64,
    /// The most of those seconds that any one job saw.
    pub longest_wait_seconds: u64,
    /// Seconds that jobs waited for an instance in service, those of each job.
    pub jobs_waited_seconds: u64,
    /// Jobs that were begun anew at least once, because their instance was taken away.
    pub jobs_restarted: u64,
    /// Jobs that were done.
    pub jobs_done: u64,
    /// How often an instance of one kind was launched after one of the other.
    pub switches: u64,
    /// How often a spot instance was taken back.
    pub interruptions: u64,
}

impl Outcome {
    /// What its instances cost, USD.
    #[must_use]
    pub fn usd(&self, prices: Prices) -> Decimal {
        let hour = Decimal::from(3_600);
        let cost = |seconds: u64, price: Decimal| Decimal::from(seconds) * price / hour;
        cost(self.spot_seconds, prices.spot) + cost(self.on_demand_seconds, prices.on_demand)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_hour_costs_its_price() {
        let outcome = Outcome {
            spot_seconds: 3_600,
            on_demand_seconds: 1_800,
            ..Outcome::default()
        };
        let prices = Prices {
            spot: Decimal::ONE,
            on_demand: Decimal::TEN,
        };
        assert_eq!(outcome.usd(prices), Decimal::from(6));
    }
}
