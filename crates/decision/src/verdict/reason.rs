//! Why, as a code.

use std::fmt;

use serde::{Deserialize, Serialize};
use strum::VariantArray;

/// Why, as a code that stays the same for alarms and queries.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, VariantArray)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum ReasonCode {
    /// The cheapest pool's average is at or below the limit.
    SpotWithinLimit,
    /// The group sets no maximum price, so EC2 charges at most the on-demand price.
    NoMaximumPrice,
    /// The cheapest pool's average is above the limit.
    SpotAboveLimit,
    /// No pool of the group had a price in the window.
    NoPriceSamples,
    /// A launch failed of late in the cheapest pool's zone, none succeeded since, and no other pool
    /// is a choice.
    RecentLaunchFailures,
    /// The cheapest pool's placement score is below the least, and no other pool is a choice.
    PlacementScoreTooLow,
    /// The cheapest pool's average is above its share of the on-demand price.
    SpotAboveOnDemandShare,
    /// The limit is a share of the on-demand price, which is not known.
    OnDemandPriceUnknown,
    /// EC2 has just taken an instance back from the only pools that have a price.
    PoolsInterrupted,
    /// The spot group lacks an instance that it cannot launch; it may have a little more time.
    SpotLaunchFailed,
    /// The spot group, which could not launch an instance, lacks none any more.
    SpotGroupServed,
    /// The on-demand group has no instance in service that spot could take over from.
    NothingOnDemand,
    /// The spot group's maximum price or instance types cannot be read, or it does not buy spot, so
    /// on-demand is asked for.
    UnusableLaunchSource,
    /// The evaluation failed, so on-demand is asked for, or spot where on-demand is full; given by
    /// the state machine itself.
    EvaluationFailed,
    /// Another execution, begun before, already answers for the stack.
    AnotherExecutionLeads,
    /// Capacity came, and no job waits any more.
    QueueEmpty,
    /// Capacity came, and no more jobs wait for each instance than may.
    BacklogAtTarget,
    /// The spot group is at its MaxSize, all in service or launching, and more jobs wait for each
    /// instance than may.
    BacklogAboveTarget,
    /// The spot group is at its MaxSize, with all of its instances in service or launching.
    SpotGroupFull,
    /// The spot group is at its MaxSize and lacks instances that EC2 does not give it.
    SpotGroupStarved,
    /// The on-demand group is at its MaxSize, and spot is above the limit.
    OnDemandGroupFull,
    /// No price is known, or launches failed of late, and on-demand is full: spot is tried, under
    /// EC2's own price cap.
    PriceUnknownOnDemandFull,
    /// Both groups are at their MaxSize.
    BothGroupsFull,
}

impl fmt::Display for ReasonCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.serialize(f)
    }
}
