//! Launching at once: what is asked for where, and what comes next after it.
//!
//! The plan is made once, with the decision, because only that knows the prices. It is in the step, so
//! that a retry, a second attempt after a lost answer and a redrive ask for the same under the same
//! tokens. What neither group launches at once, on-demand is asked for by DesiredCapacity.

use rust_decimal::Decimal;

use super::{AskedNothing, Attempt, Failure, Flow, Progress, Scaled, Step};
use crate::{
    ClientToken, GroupLaunched, Market, ScaleAction,
    resources::LaunchInstancesSupport,
    scaling::{GroupLaunches, LaunchPlace, LaunchPlan, ZonePrice, spread},
    settings::LaunchBy,
    verdict::Evaluation,
};

/// How much of a plan each group is counted on for; absent if the group was not asked.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Launched {
    /// The spot group.
    pub spot: Option<LaunchedOf>,
    /// The on-demand group.
    pub on_demand: Option<LaunchedOf>,
}

/// How much a group is counted on for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LaunchedOf {
    /// DesiredCapacity without that, in instances or units.
    pub baseline_capacity: i32,
    /// What came, or what the group asks for, in instances or units.
    pub asked: i32,
}

impl Launched {
    /// What *scale*'s output says of it.
    #[must_use]
    pub fn of(groups: &[GroupLaunched]) -> Self {
        let of = |market| {
            let group = groups.iter().find(|group| group.market == market)?;
            Some(LaunchedOf {
                baseline_capacity: group.baseline_capacity,
                asked: group.asked,
            })
        };
        Self {
            spot: of(Market::Spot),
            on_demand: of(Market::OnDemand),
        }
    }

    pub(super) const fn is_anything(self) -> bool {
        self.spot.is_some() || self.on_demand.is_some()
    }
}

impl LaunchedOf {
    fn attempt(self, market: Market) -> Option<Attempt> {
        let target = self.baseline_capacity.saturating_add(self.asked);
        let attempt = Attempt::new(market, self.baseline_capacity, Some(target));
        (self.asked > 0).then_some(attempt)
    }
}

impl Flow<'_> {
    /// Why the group on this market is not asked by LaunchInstances although the settings want it, as
    /// the end of a sentence about the group; `None` if it is, or if they do not.
    #[must_use]
    pub fn why_not_launched(self, market: Market) -> Option<&'static str> {
        if self.discovery.settings.launch_by != LaunchBy::LaunchInstances || !self.is_for_alarm() {
            return None;
        }
        self.group(market).launch_instances.why_not()
    }

    /// What a round launches where; `None` if it scales up by another way.
    pub(super) fn launch_plan(
        self,
        progress: &Progress,
        evaluation: &Evaluation,
        market: Market,
    ) -> Option<LaunchPlan> {
        let by = self.discovery.settings.launch_by;
        if by != LaunchBy::LaunchInstances || !self.is_for_alarm() {
            return None;
        }
        let wanted = progress.wanted?;
        let launches = |market, zones: Vec<ZonePrice>| {
            let is_supported =
                self.group(market).launch_instances == LaunchInstancesSupport::Supported;
            let most = self.more(progress, market);
            (is_supported && most > 0 && !zones.is_empty())
                .then(|| self.launches(market, most, &zones))
        };
        let on_demand = launches(Market::OnDemand, self.on_demand_zones());
        let groups = match market {
            Market::Spot => {
                let spot = launches(Market::Spot, spot_zones(evaluation))?;
                [Some(spot), on_demand].into_iter().flatten().collect()
            }
            Market::OnDemand => vec![on_demand?],
        };
        let has = self
            .has(Market::Spot)
            .saturating_add(self.has(Market::OnDemand));
        Some(LaunchPlan {
            // The round begins with the discovery, which the plan relies on.
            planned_at: self.execution.round_began_at,
            units: wanted.min(self.discovery.terms().room_of_both(has)),
            groups,
        })
    }

    fn launches(self, market: Market, most: i32, zones: &[ZonePrice]) -> GroupLaunches {
        let group = self.group(market);
        let shares = spread(most, zones);
        let share = |zone: &str| {
            let found = shares.iter().find(|(near, _)| *near == zone);
            found.map_or(0, |(_, units)| *units)
        };
        let places = zones.iter().map(|ZonePrice { zone, .. }| LaunchPlace {
            availability_zone: zone.clone(),
            units: share(zone),
            token: ClientToken::new(
                &self.execution.name,
                self.execution.round,
                &group.auto_scaling_group_name,
                zone,
            ),
        });
        GroupLaunches {
            market,
            from: self.has(market),
            most,
            // A return takes back what it asked for of spot, or lowers on-demand by it.
            adds: self.discovery.return_runs,
            places: places.collect(),
        }
    }

    /// All of them: on-demand costs the same in each.
    fn on_demand_zones(self) -> Vec<ZonePrice> {
        let zones = self.discovery.on_demand_group.availability_zones.iter();
        zones
            .map(|zone| ZonePrice {
                zone: zone.clone(),
                usd_per_unit: Decimal::ZERO,
            })
            .collect()
    }

    /// The step that carries a plan out, after so many attempts whose outcome is not known.
    pub(super) fn launch(self, progress: Progress, plan: LaunchPlan, unclear: u32) -> Step {
        let first = plan.groups.first().map(|group| group.market);
        let action = ScaleAction::LaunchInstances {
            market: first.unwrap_or(Market::OnDemand),
            plan: Box::new(plan),
            is_first: unclear == 0,
        };
        let progress = Progress {
            attempt: None,
            tries: unclear,
            ..progress
        };
        self.ask_by(action, progress, unclear)
    }

    /// A group that may have launched by a plan.
    pub(super) fn may_have_launched(self, plan: &LaunchPlan, market: Market) -> Attempt {
        let group = plan.of(market);
        let from = group.map_or_else(|| self.has(market), |group| group.from);
        let most = group.map_or(0, |group| group.most);
        Attempt {
            plan: Some(Box::new(plan.clone())),
            ..Attempt::new(market, from, Some(from.saturating_add(most)))
        }
    }

    /// What comes next after a plan was carried out: time for what came, and on-demand by
    /// DesiredCapacity for what did not.
    pub(super) fn launched(
        self,
        progress: Progress,
        action: &ScaleAction,
        scaled: &Scaled<'_>,
    ) -> Step {
        let of_market = |market| {
            let of = match market {
                Market::Spot => scaled.launched.spot,
                Market::OnDemand => scaled.launched.on_demand,
            };
            of.and_then(|of| of.attempt(market))
        };
        let (spot, on_demand) = (of_market(Market::Spot), of_market(Market::OnDemand));
        let asked = on_demand.as_ref().map_or(0, Attempt::asked);
        if spot.is_some() {
            let progress = Progress {
                attempt: spot,
                in_addition: on_demand,
                ..progress
            };
            if self.more(&progress, Market::OnDemand) <= asked {
                return self.wait(progress);
            }
            let progress = Progress {
                on_demand_too: true,
                ..progress
            };
            // The check asks on-demand for the rest, and does not wait.
            return Step::WaitForCapacity {
                seconds: 0,
                if_fails: Box::new(self.ask_on_demand_too(progress.clone(), 0)),
                progress,
            };
        }
        let more = self.more(&progress, Market::OnDemand).saturating_sub(asked);
        if on_demand.is_none() && more <= 0 {
            return self.scaled_up(progress, action, scaled);
        }
        let gave_up_spot = action.market() == Market::Spot;
        let spot_failure = Failure::no_capacity("ScaleUp", scaled.sentence);
        let nothing = Attempt {
            asked_nothing: Some(AskedNothing {
                outcome: scaled.outcome,
                sentence: scaled.sentence.to_owned(),
            }),
            ..Attempt::new(Market::OnDemand, self.has(Market::OnDemand), None)
        };
        let progress = Progress {
            spot_failure: gave_up_spot.then_some(spot_failure),
            took_over: gave_up_spot,
            asks_again: more > 0,
            attempt: on_demand.or(Some(nothing)),
            ..progress
        };
        if more <= 0 {
            return self.wait(progress);
        }
        Step::WaitForCapacity {
            seconds: 0,
            if_fails: Box::new(self.ask_again_for_the_rest(progress.clone())),
            progress,
        }
    }
}

/// The zones with a pool that spot may be bought of, the cheapest first.
fn spot_zones(evaluation: &Evaluation) -> Vec<ZonePrice> {
    let limit = evaluation.limit.as_ref().map(|limit| limit.limit_usd);
    let mut zones: Vec<ZonePrice> = Vec::new();
    for pool in &evaluation.pools {
        let usd = pool.usd_per_unit().filter(|_| pool.excluded().is_none());
        let Some(usd) = usd.filter(|usd| limit.is_none_or(|limit| *usd <= limit)) else {
            continue;
        };
        let zone = &pool.pool.availability_zone;
        match zones.iter_mut().find(|known| known.zone == *zone) {
            Some(known) => known.usd_per_unit = known.usd_per_unit.min(usd),
            None => zones.push(ZonePrice {
                zone: zone.clone(),
                usd_per_unit: usd,
            }),
        }
    }
    zones.sort_by(|a, b| (a.usd_per_unit, &a.zone).cmp(&(b.usd_per_unit, &b.zone)));
    zones
}
