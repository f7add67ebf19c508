//! What a group launches, where, and within which bounds.

use std::cmp::Reverse;

use jiff::Timestamp;
use rust_decimal::Decimal;

use crate::{Market, Purchase};

/// A group as it is defined at present.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Definition {
    pub(crate) name: String,
    /// Units, as DesiredCapacity.
    pub(crate) min_size: i32,
    /// Units, as DesiredCapacity.
    pub(crate) max_size: i32,
    pub(crate) places: Vec<Place>,
    /// One at least, in the order of the group's overrides.
    pub(crate) kinds: Vec<Kind>,
    pub(crate) allocation: Allocation,
    pub(crate) purchase: Purchase,
    /// USD per instance-hour.
    pub(crate) maximum_price: Option<Decimal>,
}

/// Where a group launches: one subnet and its zone.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Place {
    pub(crate) zone: String,
    pub(crate) zone_id: String,
    pub(crate) subnet: String,
}

/// An instance type of a group.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Kind {
    pub(crate) instance_type: String,
    /// The units of an instance, if the group weighs its types.
    pub(crate) weight: Option<i32>,
}

impl Kind {
    /// How much of the group's size an instance is.
    pub(crate) fn units(&self) -> i32 {
        self.weight.unwrap_or(1).max(1)
    }
}

/// Which of its types a group launches first.
/// See <https://docs.aws.amazon.com/autoscaling/ec2/userguide/allocation-strategies.html>.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Allocation {
    /// The one that the overrides name first.
    InOrder,
    /// The one whose unit costs least; a type whose price is not set comes last.
    ByPrice,
}

impl Definition {
    /// The types in the order in which they are tried in a zone.
    pub(super) fn preferred(&self, zone: &str, market: &Market, now: Timestamp) -> Vec<Kind> {
        let mut kinds = self.kinds.clone();
        if self.allocation == Allocation::ByPrice {
            kinds.sort_by_cached_key(|kind| {
                let instance_type = &kind.instance_type;
                let price = match self.purchase {
                    Purchase::Spot => market.price(instance_type, zone, now),
                    Purchase::OnDemand => market.on_demand_price(instance_type),
                };
                let unit = price.map(|price| price / Decimal::from(kind.units()));
                // `None` would be the least.
                Reverse(unit.map(Reverse))
            });
        }
        kinds
    }
}
