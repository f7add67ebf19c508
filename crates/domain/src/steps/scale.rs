//! *scale*: raises or lowers a group's DesiredCapacity, launches zone by zone or executes its scale-up
//! policy once, takes back what did not arrive, or detaches an instance.

use crate::{
    Capacity, Discovery, Market, ScalingCall,
    flow::{Launched, Scaled, Step},
    scaling::LaunchPlan,
};
use serde::{Deserialize, Serialize};

use super::{Caught, Context, GroupLaunched};

/// What *scale* is to do.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "action", rename_all = "snake_case")]
pub enum ScaleAction {
    /// Execute a group's scale-up policy.
    ScaleUp {
        /// The group's market.
        market: Market,
        /// Whether the policy waits for the group's cooldown to end.
        honor_cooldown: bool,
        /// Whether no attempt before this one can have taken effect. If one may have, the group is
        /// held against what was discovered.
        is_first: bool,
    },
    /// Raise a group's DesiredCapacity.
    RaiseCapacity {
        /// The group's market.
        market: Market,
        /// What the group had as discovered, in instances or units.
        from: i32,
        /// What it is raised to, in instances or units: a retry sets the same.
        to: i32,
    },
    /// Launch zone by zone, and know at once what came; on-demand, if it is in the plan, for what spot
    /// does not bring.
    LaunchInstances {
        /// The market of the group that is asked first.
        market: Market,
        /// What is launched where: the same at every attempt.
        plan: Box<LaunchPlan>,
        /// Whether no attempt before this one can have launched anything.
        is_first: bool,
    },
    /// Lower a group's DesiredCapacity: on-demand's because spot serves instead, or spot's because
    /// on-demand could not be lowered.
    LowerCapacity {
        /// The group's market.
        market: Market,
        /// What it asked for when it was seen last, in instances or units. If it asks for more by
        /// now, it is left alone.
        from: i32,
        /// What it is lowered to, in instances or units, but not below MinSize: a retry sets the same.
        to: i32,
    },
    /// Take an instance out of the spot group that EC2 takes back anyway.
    Detach {
        /// The instance.
        instance_id: String,
        /// Whether DesiredCapacity falls with it. If not, the group itself launches a replacement.
        /// See <https://docs.aws.amazon.com/autoscaling/ec2/APIReference/API_DetachInstances.html>.
        decrements: bool,
    },
    /// Take back all the spot capacity that was asked for and did not arrive.
    StandDown {
        /// What is kept in any case, in instances or units.
        baseline_capacity: i32,
        /// DesiredCapacity when it was seen last, in instances or units.
        from: i32,
    },
    /// Take back the spot capacity that this execution asked for and that did not arrive. What others
    /// asked for stays.
    TakeBack {
        /// DesiredCapacity when it was seen last, in instances or units.
        from: i32,
        /// How much of it did not arrive.
        by: i32,
    },
}

impl ScaleAction {
    /// The market of the group that it changes.
    #[must_use]
    pub const fn market(&self) -> Market {
        match self {
            Self::ScaleUp { market, .. }
            | Self::RaiseCapacity { market, .. }
            | Self::LaunchInstances { market, .. }
            | Self::LowerCapacity { market, .. } => *market,
            Self::Detach { .. } | Self::StandDown { .. } | Self::TakeBack { .. } => Market::Spot,
        }
    }

    /// The markets of all groups that it may change.
    #[must_use]
    pub fn markets(&self) -> Vec<Market> {
        match self {
            Self::LaunchInstances { plan, .. } => {
                plan.groups.iter().map(|group| group.market).collect()
            }
            _ => vec![self.market()],
        }
    }

    /// The action's name.
    #[must_use]
    pub const fn name(&self) -> ActionName {
        match self {
            Self::ScaleUp { .. } => ActionName::ScaleUp,
            Self::RaiseCapacity { .. } => ActionName::RaiseCapacity,
            Self::LaunchInstances { .. } => ActionName::LaunchInstances,
            Self::LowerCapacity { .. } => ActionName::LowerCapacity,
            Self::Detach { .. } => ActionName::Detach,
            Self::StandDown { .. } => ActionName::StandDown,
            Self::TakeBack { .. } => ActionName::TakeBack,
        }
    }
}

/// The name of a [`ScaleAction`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ActionName {
    /// [`ScaleAction::ScaleUp`].
    ScaleUp,
    /// [`ScaleAction::RaiseCapacity`].
    RaiseCapacity,
    /// [`ScaleAction::LaunchInstances`].
    LaunchInstances,
    /// [`ScaleAction::LowerCapacity`].
    LowerCapacity,
    /// [`ScaleAction::Detach`].
    Detach,
    /// [`ScaleAction::StandDown`].
    StandDown,
    /// [`ScaleAction::TakeBack`].
    TakeBack,
}

/// The input of *scale*.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ScaleInput {
    /// What was discovered.
    pub discovery: Discovery,
    /// The step: what to do, and what is known so far.
    pub step: Step,
    /// For standing down: what failed last.
    #[serde(default, skip_serializing_if = "Caught::is_nothing")]
    pub failure: Caught,
    /// For scaling up and standing down: the context object, which knows of redrives and retries.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub context: Option<Box<Context>>,
}

/// What *scale* did.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ScaleOutcome {
    /// The policy was executed, DesiredCapacity raised, or something launched.
    Scaled,
    /// Nothing, because it is a dry run: the group would have been scaled up.
    WouldScale,
    /// An attempt before took effect, or other executions filled the group; nothing was done again.
    AlreadyScaled,
    /// The group is at its MaxSize.
    GroupFull,
    /// The policy would not make the group grow; it was not executed.
    NoEffect,
    /// EC2 had nothing in any zone that was asked.
    NothingLaunched,
    /// DesiredCapacity was lowered, because the other group serves.
    ScaledDown,
    /// Nothing, for it is a dry run: DesiredCapacity would have been lowered.
    WouldScaleDown,
    /// The group asked for less already; nothing was done again.
    AlreadyScaledDown,
    /// Others ask for more of the group meanwhile, so it was left alone.
    NotScaledDown,
    /// The instance was detached.
    Detached,
    /// The instance belonged to the group no more: an earlier attempt detached it, or it is gone.
    AlreadyDetached,
    /// DesiredCapacity was lowered again.
    StoodDown,
    /// Nothing, for it is a dry run: DesiredCapacity would have been lowered.
    WouldStandDown,
    /// The group asked for nothing any more.
    AlreadyDown,
    /// What was to be taken back had arrived after all.
    CapacityArrived,
}

/// The output of *scale*.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ScaleOutput {
    /// What was to be done.
    pub action: ActionName,
    /// What was done.
    pub outcome: ScaleOutcome,
    /// The same as a sentence.
    pub sentence: String,
    /// In a dry run, the call that would have been made.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub would_call: Option<ScalingCall>,
    /// The group's market.
    pub market: Market,
    /// The group.
    pub auto_scaling_group_name: String,
    /// The policy that was executed, or would have been; the scale-up policy if the action executes
    /// none.
    pub policy_name: String,
    /// DesiredCapacity before the scale-up, in instances: what verification and standing down
    /// are held against.
    pub baseline_capacity: i32,
    /// DesiredCapacity after it was raised or lowered, in instances or units.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub target_capacity: Option<i32>,
    /// The group as it was before this step acted.
    pub capacity_before: Capacity,
    /// For standing down: the on-demand group as it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub on_demand_capacity: Option<Capacity>,
    /// What each group of a plan launched.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub launched: Vec<GroupLaunched>,
    /// What comes next; absent if the previous release's state machine asked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub step: Option<Step>,
}

impl ScaleInput {
    /// Whether the execution was redriven.
    #[must_use]
    pub fn is_redriven(&self) -> bool {
        let context = self.context.as_ref();
        context.is_some_and(|context| context.execution.redrive_count > 0)
    }

    /// Whether it is known that no attempt before this one has done what is asked for.
    #[must_use]
    pub fn is_first(&self) -> bool {
        let context = self.context.as_ref();
        let retries = context.map_or(0, |context| context.state.retry_count);
        !self.is_redriven() && retries == 0
    }
}

impl ScaleOutput {
    /// What the flow needs to know of it.
    #[must_use]
    pub fn scaled(&self) -> Scaled<'_> {
        Scaled {
            outcome: self.outcome,
            sentence: &self.sentence,
            baseline_capacity: self.baseline_capacity,
            target_capacity: self.target_capacity,
            capacity_before: self.capacity_before,
            on_demand_capacity: self.on_demand_capacity,
            // An earlier attempt may have done it, for all that is known here.
            is_first: false,
            launched: Launched::of(&self.launched),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scaling::GroupLaunches;
    use serde_json::json;

    #[test]
    fn an_action_has_its_name_and_the_group_that_it_changes() {
        let scale_up = |market| ScaleAction::ScaleUp {
            market,
            honor_cooldown: true,
            is_first: true,
        };
        let raise = ScaleAction::RaiseCapacity {
            market: Market::OnDemand,
            from: 1,
            to: 3,
        };
        let lower = ScaleAction::LowerCapacity {
            market: Market::OnDemand,
            from: 3,
            to: 1,
        };
        let detach = ScaleAction::Detach {
            instance_id: "i-1".into(),
            decrements: true,
        };
        let stand_down = ScaleAction::StandDown {
            baseline_capacity: 1,
            from: 3,
        };
        let take_back = ScaleAction::TakeBack { from: 3, by: 2 };
        for (action, name, market) in [
            (scale_up(Market::Spot), ActionName::ScaleUp, Market::Spot),
            (
                scale_up(Market::OnDemand),
                ActionName::ScaleUp,
                Market::OnDemand,
            ),
            (raise, ActionName::RaiseCapacity, Market::OnDemand),
            (lower, ActionName::LowerCapacity, Market::OnDemand),
            (detach, ActionName::Detach, Market::Spot),
            (stand_down, ActionName::StandDown, Market::Spot),
            (take_back, ActionName::TakeBack, Market::Spot),
        ] {
            assert_eq!((action.name(), action.market()), (name, market));
            assert_eq!(action.markets(), [market]);
            assert_eq!(json!(action)["action"], json!(name));
        }
    }

    #[test]
    fn a_plan_changes_each_of_its_groups() {
        let launches = |market| GroupLaunches {
            market,
            from: 0,
            most: 1,
            adds: false,
            places: Vec::new(),
        };
        let both = [Market::Spot, Market::OnDemand];
        let action = ScaleAction::LaunchInstances {
            market: Market::Spot,
            plan: Box::new(LaunchPlan {
                planned_at: jiff::Timestamp::UNIX_EPOCH,
                units: 1,
                groups: both.map(launches).to_vec(),
            }),
            is_first: true,
        };
        assert_eq!(
            (action.market(), action.markets()),
            (both[0], both.to_vec())
        );
        assert_eq!(json!(action)["action"], json!(action.name()));
    }
}
