//! Launching at once, zone by zone, as a plan says that is the same at every attempt.
//!
//! A call has a token, under which AWS launches once. An attempt that may not be the first asks EC2
//! what the plan's tokens have launched, and asks for the rest only. If a call's outcome is not known,
//! the step ends: the next attempt looks.

mod call;
mod group;
mod sentence;

use jiff::Timestamp;
use spotmanager_aws::{
    AwsError,
    auto_scaling::{CapacityError, Client, describe_capacities},
    launched_instances,
};
use spotmanager_domain::{
    Capacity, Group, GroupLaunched, Market, ScaleOutcome, ScaleOutput,
    scaling::{GroupLaunches, LaunchPlan},
};

use crate::{ScaleError, output, request::Request};
use call::Found;
use group::{Done, LaunchingGroup, Way};

/// What is needed to carry a plan out.
pub(crate) struct Launcher<'a> {
    pub(crate) auto_scaling: &'a Client,
    pub(crate) ec2: &'a launched_instances::Client,
    pub(crate) request: &'a Request<'a>,
    pub(crate) plan: &'a LaunchPlan,
    pub(crate) now: Timestamp,
}

impl Launcher<'_> {
    /// Carries the plan out. If an instance may have come of it, an error says that the outcome is not
    /// known.
    pub(crate) async fn run(&self) -> Result<ScaleOutput, ScaleError> {
        let mut may_have_launched = !self.request.is_first;
        let done = self.carry_out(&mut may_have_launched).await;
        done.map_err(|error| match error {
            ScaleError::Aws(error) | ScaleError::Capacity(CapacityError::Aws(error))
                if may_have_launched =>
            {
                ScaleError::OutcomeUnknown(error)
            }
            error => error,
        })
    }

    async fn carry_out(&self, may_have_launched: &mut bool) -> Result<ScaleOutput, ScaleError> {
        let found = if self.request.is_first {
            Found::default()
        } else {
            self.found().await?
        };
        let first = self.plan.groups.first();
        let before = self.sizes(first).await?;
        let capacity_before = first.map_or_else(Capacity::default, |first| before.of(first.market));
        if self.request.dry_run {
            return Ok(self.dry_run(capacity_before));
        }
        let way = if self.plan.is_stale(self.now) {
            Way::Stale
        } else {
            Way::Calls
        };
        let (mut left, mut groups) = (self.plan.units, Vec::new());
        for launches in self.plan.groups.iter().filter(|_| self.plan.units > 0) {
            if left <= 0 && !found.is_of(launches) {
                continue;
            }
            let group = LaunchingGroup {
                launcher: self,
                group: self.group(launches.market),
                launches,
                before: before.of(launches.market),
            };
            // What later groups have launched is not asked of this one.
            let later = found.of_later(self.plan, launches.market);
            let need = left.saturating_sub(later);
            let done = group.run(need, &found, way, may_have_launched).await?;
            left = left.saturating_sub(done.launched.asked);
            groups.push(done);
        }
        Ok(self.output(groups, capacity_before))
    }

    /// Both groups as they are.
    async fn sizes(&self, first: Option<&GroupLaunches>) -> Result<Sizes, ScaleError> {
        let market = first.map_or(Market::OnDemand, |first| first.market);
        let name = &self.group(market).auto_scaling_group_name;
        let on_demand = match market {
            Market::Spot => self.request.on_demand_group,
            Market::OnDemand => None,
        };
        let other = on_demand.map(|group| group.auto_scaling_group_name.as_str());
        let (first, other) = describe_capacities(self.auto_scaling, name, other).await?;
        Ok(match market {
            Market::Spot => Sizes {
                spot: first,
                on_demand: other.unwrap_or_default(),
            },
            Market::OnDemand => Sizes {
                spot: Capacity::default(),
                on_demand: first,
            },
        })
    }

    fn group(&self, market: Market) -> &Group {
        match (market, self.request.on_demand_group) {
            (Market::OnDemand, Some(group)) => group,
            _ => self.request.group,
        }
    }

    async fn found(&self) -> Result<Found, AwsError> {
        let tokens = self.plan.tokens();
        let launched = launched_instances::launched_under(self.ec2, &tokens).await?;
        Ok(Found::new(launched, self))
    }

    fn output(&self, groups: Vec<Done>, capacity_before: Capacity) -> ScaleOutput {
        let asked = groups
            .iter()
            .fold(0_i32, |sum, done| sum.saturating_add(done.launched.asked));
        let outcome = if groups.iter().any(|done| done.changed) {
            ScaleOutcome::Scaled
        } else if asked > 0 {
            ScaleOutcome::AlreadyScaled
        } else if groups.iter().any(|done| done.was_called) {
            ScaleOutcome::NothingLaunched
        } else {
            ScaleOutcome::GroupFull
        };
        let sentence = self.sentence(&groups, capacity_before);
        let launched: Vec<GroupLaunched> = groups.into_iter().map(|done| done.launched).collect();
        let baseline = launched.first().map_or(0, |group| group.baseline_capacity);
        let asked = launched.first().map_or(0, |group| group.asked);
        ScaleOutput {
            target_capacity: Some(baseline.saturating_add(asked)),
            launched,
            ..output(self.request, outcome, sentence, baseline, capacity_before)
        }
    }
}

/// Both groups' sizes.
struct Sizes {
    spot: Capacity,
    on_demand: Capacity,
}

impl Sizes {
    const fn of(&self, market: Market) -> Capacity {
        match market {
            Market::Spot => self.spot,
            Market::OnDemand => self.on_demand,
        }
    }
}
