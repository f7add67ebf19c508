//! What SpotManager knows and how it decides: groups, prices, verdicts and their reasons.
//!
//! This crate is pure. It holds no AWS types, does no I/O and reads no clock, so every
//! decision can be replayed from the record that a step left in the Step Functions console.
//!
//! * [`Group`] is an Auto Scaling group as it was found.
//! * [`price`] averages spot prices over a window, weighted by time.
//! * [`on_demand_price`] tells what the alternative to spot costs.
//! * [`launch_failure`] tells where EC2 had no capacity of late.
//! * [`decimal`] reads what comes from outside.
//! * [`verdict`] chooses the group that scales up, and says why: [`Situation`](verdict::Situation)
//!   is the way into it.
//! * [`backlog`] is how many jobs wait for each instance.
//! * [`activity`] is what Auto Scaling did.
//! * [`scaling`] keeps a scale-up from being done twice, and stands a group down.
//! * [`capacity`] judges whether the capacity that was asked for arrived.

pub mod activity;
pub mod backlog;
pub mod capacity;
pub mod decimal;
mod group;
pub mod launch_failure;
mod market;
pub mod on_demand_price;
pub mod price;
pub mod scaling;
#[cfg(any(test, feature = "testing"))]
#[doc(hidden)]
pub mod testing;
pub mod verdict;

pub use group::{Capacity, Group, MaximumPrice, PriceSource, ScalingPolicy};
pub use market::Market;
