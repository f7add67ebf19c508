//! What later steps know of their round's decision.

use crate::{Group, Market, verdict::ReasonCode};
use rust_decimal::{Decimal, prelude::ToPrimitive};
use serde::{Deserialize, Serialize};

/// The round's decision, as the state machine hands it to the steps after it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RoundDecision {
    /// The spot group's logical id, which names the pair of groups in the metrics.
    pub spot_group: String,
    /// Why the group was chosen.
    pub reason: ReasonCode,
    /// The same as a sentence.
    pub sentence: String,
    /// What an instance of the spot group saves if it arrives, USD per instance-hour; absent if
    /// on-demand was chosen, or its price is not known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub saving_usd_per_hour: Option<Decimal>,
}

impl RoundDecision {
    /// The same if spot serves instead of so much of the on-demand `group`, in instances or units.
    #[must_use]
    pub fn saving_instead_of(&self, group: &Group, lowered_by: i32) -> Option<(f64, usize)> {
        let usd = self.saving()?;
        (group.market == Market::OnDemand).then_some((usd, instances(group, lowered_by)))
    }

    /// What an instance saves, USD per instance-hour, as CloudWatch takes it.
    fn saving(&self) -> Option<f64> {
        self.saving_usd_per_hour?.to_f64()
    }

    /// What [`crate::metric::SAVING`] counts now that `group` has `arrived` more of its capacity:
    /// the value, USD per instance-hour, and for how many instances; `None` if nothing is saved.
    #[must_use]
    pub fn saving_of(&self, group: &Group, arrived: i32) -> Option<(f64, usize)> {
        let usd = self.saving()?;
        (group.market == Market::Spot).then_some((usd, instances(group, arrived)))
    }
}

/// Units do not say how many instances they are.
fn instances(group: &Group, capacity: i32) -> usize {
    if group.weighted_capacities.is_empty() {
        usize::try_from(capacity).unwrap_or_default().max(1)
    } else {
        1
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing;

    fn group(market: Market) -> Group {
        testing::group(market, testing::capacity([4, 2, 2, 0]))
    }

    fn decision(saving: Option<&str>) -> RoundDecision {
        RoundDecision {
            spot_group: "asgGPUSpot".into(),
            reason: ReasonCode::SpotWithinLimit,
            sentence: String::new(),
            saving_usd_per_hour: saving.map(|usd| usd.parse().unwrap()),
        }
    }

    #[test]
    fn each_spot_instance_that_arrived_saves_and_nothing_else_does() {
        let saves = decision(Some("0.25"));
        assert_eq!(saves.saving_of(&group(Market::Spot), 2), Some((0.25, 2)));
        assert_eq!(saves.saving_of(&group(Market::OnDemand), 2), None);
        assert_eq!(decision(None).saving_of(&group(Market::Spot), 2), None);
        let on_demand = group(Market::OnDemand);
        assert_eq!(saves.saving_instead_of(&on_demand, 3), Some((0.25, 3)));
        assert_eq!(decision(None).saving_instead_of(&on_demand, 3), None);
        assert_eq!(saves.saving_instead_of(&group(Market::Spot), 3), None);
        let mut weighted = group(Market::Spot);
        weighted.weighted_capacities = [("g4dn.xlarge".to_owned(), 2)].into();
        assert_eq!(saves.saving_of(&weighted, 2), Some((0.25, 1)));
    }
}
