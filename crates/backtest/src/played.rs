//! What a study asks of a policy that was played.

use rust_decimal::Decimal;

use crate::Outcome;

/// What a policy came to, with what a study asks in addition.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Played {
    /// What it came to.
    pub outcome: Outcome,
    /// How many executions began.
    pub executions: u64,
    /// When EC2 said of each spot instance that it takes it back, seconds after the begin, in order.
    pub warned_at: Vec<u64>,
    /// Seconds of spot instances in the zone of each trace, from launch to end.
    pub spot_seconds: Vec<u64>,
}

impl Played {
    /// How many spot instances EC2 took back within so many seconds at most.
    #[must_use]
    pub fn most_lost_within(&self, seconds: u64) -> usize {
        let from = self.warned_at.iter().enumerate();
        let lost = from.map(|(first, begin)| {
            let end = begin.saturating_add(seconds);
            self.warned_at.partition_point(|at| *at < end) - first
        });
        lost.max().unwrap_or_default()
    }

    /// What its instances cost, USD, if spot costs this in the zone of each trace, and on-demand this, USD
    /// per instance-hour.
    #[must_use]
    pub fn usd(&self, spot: &[Decimal], on_demand: Decimal) -> Decimal {
        let hour = Decimal::from(3_600);
        let cost = |seconds: u64, price: Decimal| Decimal::from(seconds) * price / hour;
        let zones = self.spot_seconds.iter().zip(spot);
        let spot: Decimal = zones.map(|(seconds, usd)| cost(*seconds, *usd)).sum();
        spot + cost(self.outcome.on_demand_seconds, on_demand)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn those_are_lost_at_once_that_are_within_the_time() {
        let played = Played {
            warned_at: vec![0, 30, 59, 60, 100, 3_600],
            ..Played::default()
        };
        assert_eq!(played.most_lost_within(1), 1);
        assert_eq!(played.most_lost_within(60), 3);
        assert_eq!(played.most_lost_within(72), 4);
        assert_eq!(played.most_lost_within(3_600), 5);
        assert_eq!(Played::default().most_lost_within(60), 0);
    }

    #[test]
    fn each_zone_has_its_price() {
        let played = Played {
            outcome: Outcome {
                on_demand_seconds: 3_600,
                ..Outcome::default()
            },
            spot_seconds: vec![7_200, 1_800],
            ..Played::default()
        };
        let spot = [Decimal::ONE, Decimal::TWO];
        assert_eq!(played.usd(&spot, Decimal::TEN), Decimal::from(13));
    }
}
