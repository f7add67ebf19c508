//! One group that launches.

use spotmanager_aws::{
    AwsError,
    auto_scaling::{describe_capacity, set_desired_capacity},
    launched_instances::launched_under,
};
use spotmanager_domain::{
    Capacity, Group, GroupLaunched, LaunchError, LaunchedInstances, SetDesiredCapacityCall,
    scaling::{GroupLaunches, LaunchAsked, Launching, RaisePlan, plan_raise},
};

use super::{
    Launcher,
    call::{Came, Found, units_of},
};
use crate::ScaleError;

/// How a group is asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Way {
    /// By calls.
    Calls,
    /// The plan is too old to be sent: by DesiredCapacity.
    Stale,
}

/// A group as it is, and what it is to launch.
pub(super) struct LaunchingGroup<'a> {
    pub(super) launcher: &'a Launcher<'a>,
    pub(super) group: &'a Group,
    pub(super) launches: &'a GroupLaunches,
    pub(super) before: Capacity,
}

/// What came of it.
pub(super) struct Done {
    pub(super) launched: GroupLaunched,
    /// Whether anything launched now, or was asked for.
    pub(super) changed: bool,
    /// Whether a call was made.
    pub(super) was_called: bool,
    /// What DesiredCapacity was raised to, if it was not asked by calls.
    pub(super) raised_to: Option<i32>,
    pub(super) is_stale: bool,
}

impl LaunchingGroup<'_> {
    /// Asks for `need` instances or units, of which `found` have come already.
    pub(super) async fn run(
        &self,
        need: i32,
        found: &Found,
        way: Way,
        may_have_launched: &mut bool,
    ) -> Result<Done, ScaleError> {
        let mut launching = Launching::new(self.launches, need, self.before, &found.units);
        let mut instances = found.instances_of(self.launches);
        let (mut errors, mut refused) = (Vec::new(), None);
        let (mut changed, mut was_called, mut lowered_to) = (false, false, None);
        while let Some(call) = Some(())
            .filter(|()| way == Way::Calls)
            .and_then(|()| launching.next_call())
        {
            was_called = true;
            match self.launcher.call(self.group, &call).await? {
                Came::Answer(answer) => {
                    let units = units_of(self.group, &answer.instances);
                    launching.came(&call, units);
                    changed |= units > 0;
                    *may_have_launched |= units > 0;
                    instances.extend(answer.instances);
                    add(&mut errors, answer.errors);
                }
                Came::AskedOtherwise => {
                    let came = self.came_under(&call).await?;
                    launching.was_asked_otherwise(&call, units_of(self.group, &came));
                    instances.extend(came);
                }
                Came::Refused(error) => {
                    refused = Some(error);
                    break;
                }
            }
            let is_first = self.launcher.request.is_first;
            if launching.is_to_be_seen_again() || !is_first {
                let lowered = self.see_again(&mut launching, is_first).await?;
                lowered_to = lowered.or(lowered_to);
            }
        }
        let (mut baseline, mut asked) = (launching.baseline(), launching.asked());
        let is_stale = way == Way::Stale;
        let mut raised_to = None;
        if refused.is_some() || is_stale {
            let missing = need.min(self.launches.most);
            if asked < missing {
                let (counted, raised) = self.raise(missing).await?;
                changed |= raised.is_some();
                raised_to = raised;
                (baseline, asked) = (self.launches.from, counted.max(asked));
            }
        }
        if let Some(error) = refused {
            errors.push(refusal(&error));
        }
        Ok(Done {
            launched: GroupLaunched {
                market: self.launches.market,
                auto_scaling_group_name: self.group.auto_scaling_group_name.clone(),
                baseline_capacity: baseline,
                asked,
                instances,
                errors,
                lowered_to,
            },
            changed,
            was_called,
            raised_to,
            is_stale,
        })
    }

    /// What came under a token that was used otherwise.
    async fn came_under(&self, call: &LaunchAsked) -> Result<Vec<LaunchedInstances>, ScaleError> {
        let tokens = [call.token.clone()];
        let launched = launched_under(self.launcher.ec2, &tokens).await?;
        Ok(Found::new(launched, self.launcher).instances_of(self.launches))
    }

    /// Takes back what DesiredCapacity rose by although it did not come.
    async fn see_again(
        &self,
        launching: &mut Launching<'_>,
        is_first: bool,
    ) -> Result<Option<i32>, ScaleError> {
        let name = &self.group.auto_scaling_group_name;
        let after = describe_capacity(self.launcher.auto_scaling, name).await?;
        if !is_first {
            launching.may_be_repeated(after);
        }
        let to = launching.lower_to(after);
        if let Some(to) = to {
            self.set(to).await?;
        }
        Ok(to)
    }

    /// Raises DesiredCapacity to what the group had and this much more: how much of it the group asks
    /// for, and what it was raised to, unless it asked for that before.
    async fn raise(&self, more: i32) -> Result<(i32, Option<i32>), ScaleError> {
        let name = &self.group.auto_scaling_group_name;
        let current = describe_capacity(self.launcher.auto_scaling, name).await?;
        let from = self.launches.from;
        Ok(match plan_raise(from, from.saturating_add(more), current) {
            RaisePlan::Raise(to) => {
                self.set(to).await?;
                (to.saturating_sub(from), Some(to))
            }
            RaisePlan::AlreadyRaised => (more, None),
            RaisePlan::GroupFull => (0, None),
        })
    }

    async fn set(&self, desired_capacity: i32) -> Result<(), ScaleError> {
        let call = SetDesiredCapacityCall {
            auto_scaling_group_name: self.group.auto_scaling_group_name.clone(),
            desired_capacity,
            // What launches already has been counted, so there is no cooldown to wait for.
            honor_cooldown: false,
        };
        let set = set_desired_capacity(self.launcher.auto_scaling, &call).await;
        set.map_err(ScaleError::sent)
    }
}

/// Adds what a call did not bring: of a zone and a code the first.
fn add(errors: &mut Vec<LaunchError>, more: Vec<LaunchError>) {
    for error in more {
        let is_known = errors.iter().any(|known| {
            known.availability_zone == error.availability_zone && known.code == error.code
        });
        if !is_known {
            errors.push(error);
        }
    }
}

fn refusal(error: &AwsError) -> LaunchError {
    LaunchError {
        availability_zone: None,
        instance_type: None,
        code: error.code.clone(),
        message: error.message.clone(),
    }
}
