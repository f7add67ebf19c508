//! Why, as a code: the catalogue of reasons.
//!
//! A row is all that is to be written of a code. `cargo xtask reference` makes of it the `enum` in
//! `schemas/decision.json`, the table in `docs/reference/outcomes.md` and the number of metric
//! series in `docs/cost.md`.

use std::fmt;

use serde::{Deserialize, Serialize};
use strum::{EnumMessage, VariantArray};

use super::Choice;

macro_rules! reasons {
    ($(
        $(#[$meaning:meta])+
        $code:ident {
            $(scale_up: $($choice:ident)|+)? $(,)? $(return_to_spot: $in_return:ident)?
        }
    )+) => {
        /// Why, as a code that stays the same for alarms and queries.
        #[derive(
            Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, EnumMessage, VariantArray,
        )]
        #[serde(rename_all = "SCREAMING_SNAKE_CASE")]
        pub enum ReasonCode {
            $($(#[$meaning])+ $code,)+
        }

        impl ReasonCode {
            /// The choices that it can come with when a group is to scale up; none if it is a reason
            /// of a return to spot only.
            #[must_use]
            pub const fn choices(self) -> &'static [Choice] {
                match self {
                    $(Self::$code => &[$($(Choice::$choice,)+)?],)+
                }
            }

            /// The choice that it comes with in a return to spot; none if it is no reason of one.
            #[must_use]
            pub fn choice_in_return(self) -> Option<Choice> {
                match self {
                    $(Self::$code => [$(Choice::$in_return)?].first().copied(),)+
                }
            }
        }
    };
}

// In a return to spot on-demand serves already: what does not speak for spot leaves it as it is. After a
// rebalance recommendation the instance still runs, so that on-demand is not asked.
reasons! {
    /// The cheapest pool's average is at or below the limit, or within its share of the on-demand
    /// price if that is the only limit.
    SpotWithinLimit { scale_up: Spot, return_to_spot: Spot }
    /// The group sets no maximum price and the deployment no share of the on-demand price, so EC2
    /// charges at most the on-demand price.
    NoMaximumPrice { scale_up: Spot, return_to_spot: Spot }
    /// The cheapest pool's average is above the limit.
    SpotAboveLimit { scale_up: OnDemand | Nothing, return_to_spot: Nothing }
    /// No pool of the group had a price in the window.
    NoPriceSamples { scale_up: OnDemand | Nothing, return_to_spot: Nothing }
    /// Every pool that has a price is excluded, the cheapest because a spot launch failed recently
    /// in its zone and none succeeded since.
    RecentLaunchFailures { scale_up: OnDemand | Nothing, return_to_spot: Nothing }
    /// Every pool that has a price is excluded, the cheapest because its zone scores below
    /// `MinimumPlacementScore`.
    PlacementScoreTooLow { scale_up: OnDemand | Nothing, return_to_spot: Nothing }
    /// Every pool that has a price is excluded, the cheapest because its average is above its share
    /// of the on-demand price.
    SpotAboveOnDemandShare { scale_up: OnDemand | Nothing, return_to_spot: Nothing }
    /// Every pool that has a price is excluded, the cheapest because its on-demand price, of which
    /// a share is the limit, is not known.
    OnDemandPriceUnknown { scale_up: OnDemand | Nothing, return_to_spot: Nothing }
    /// Every pool that has a price is excluded, the cheapest because EC2 takes an instance back
    /// from it.
    PoolsInterrupted { scale_up: OnDemand | Nothing, return_to_spot: Nothing }
    /// After a failed launch: the spot group lacks an instance, and an execution waits for it.
    SpotLaunchFailed { scale_up: Spot }
    /// After a failed launch: the spot group has all that it asks for.
    SpotGroupServed { scale_up: Nothing }
    /// No on-demand instance is in service, or that group is at its MinSize.
    NothingOnDemand { return_to_spot: Nothing }
    /// The spot group's maximum price or instance types cannot be read, or it does not buy spot.
    UnusableLaunchSource { scale_up: OnDemand | Nothing, return_to_spot: Nothing }
    /// *evaluate* failed after its retries. A return to spot and a rebalance recommendation change
    /// nothing; a failed launch, another leader, a backlog within its target and both groups at their
    /// maximum choose as usual; otherwise on-demand scales up, spot if on-demand is full, neither if
    /// both are. *discover* gives this verdict beforehand; the decision's event has the error as its
    /// `failure`.
    EvaluationFailed { scale_up: OnDemand | Spot | Nothing, return_to_spot: Nothing }
    /// An execution that began before still runs for the pair of groups.
    AnotherExecutionLeads { scale_up: Nothing, return_to_spot: Nothing }
    /// In a further round: no job waits any more.
    QueueEmpty { scale_up: Nothing }
    /// In a further round: no more jobs wait for each instance than the target allows.
    BacklogAtTarget { scale_up: Nothing }
    /// The spot group is at its MaxSize, with all of its instances in service or launching, and
    /// more jobs wait for each instance than the target allows.
    BacklogAboveTarget { scale_up: OnDemand | Nothing }
    /// The spot group is at its MaxSize, with all of its instances in service or launching.
    SpotGroupFull { scale_up: Nothing, return_to_spot: Nothing }
    /// The spot group is at its MaxSize and lacks instances that EC2 does not give it.
    SpotGroupStarved { scale_up: OnDemand | Nothing, return_to_spot: Nothing }
    /// Spot is above the limit or above its share of the on-demand price, and the on-demand group
    /// is at its MaxSize.
    OnDemandGroupFull { scale_up: Nothing, return_to_spot: Nothing }
    /// In doubt (no usable price, or every pool excluded for another reason than its share), and
    /// on-demand is full; EC2's own cap keeps spot from costing more than its maximum.
    PriceUnknownOnDemandFull { scale_up: Spot, return_to_spot: Nothing }
    /// Both groups are at their MaxSize.
    BothGroupsFull { scale_up: Nothing, return_to_spot: Nothing }
    /// Both groups together have as many as `MaximumCapacityOfBothGroups` allows.
    BothGroupsAtMaximum { scale_up: Nothing }
}

impl ReasonCode {
    /// Whether spot may take over from on-demand for this reason.
    #[must_use]
    pub(crate) fn speaks_for_spot(self) -> bool {
        self.choice_in_return() == Some(Choice::Spot)
    }

    /// Whether *evaluate* counts it in the metric `Decisions`. A tick of the schedule that has
    /// nothing to return from would make metrics of every hour, and a failed evaluation counts
    /// nothing.
    #[must_use]
    pub const fn is_counted(self) -> bool {
        !matches!(self, Self::NothingOnDemand | Self::EvaluationFailed)
    }
}

impl fmt::Display for ReasonCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.serialize(f)
    }
}
