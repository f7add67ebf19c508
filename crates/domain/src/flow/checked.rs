//! After *verify* has looked at the group.

use jiff::{SignedDuration, Timestamp};

use super::{Attempt, Failure, Flow, GaveUp, Progress, Step};
use crate::{
    Capacity, Market, Purpose, ScaleAction, ScaleOutcome,
    activity::Activity,
    capacity::{CapacityReport, CapacityStatus, Expectation, assess},
    scaling::{RaisePlan, ScaleUpPlan, plan_raise, plan_scale_up},
};

/// For how long after a round's beginning a scale-up is tried again whose outcome was not known,
/// seconds.
pub const MOST_UNCLEAR_SECONDS: u32 = 1_800;

/// A group as *verify* finds it.
#[derive(Clone, Copy, Debug)]
pub struct Look<'a> {
    /// Its market.
    pub market: Market,
    /// Its size.
    pub capacity: Capacity,
    /// What it did since the round began.
    pub activities: &'a [Activity],
}

/// What a check found, and what comes next.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Checked {
    /// How the scale-up of a group stands; `None` if nothing was asked for.
    pub report: Option<(Market, CapacityReport)>,
    /// How much more than before is in service, in instances or units, of each group that arrived.
    pub arrived: Vec<(Market, i32)>,
    /// What comes next.
    pub step: Step,
    /// Why the group brought nothing.
    pub failure: Option<Failure>,
}

impl Checked {
    fn go_on(step: Step) -> Self {
        Self {
            report: None,
            arrived: Vec::new(),
            step,
            failure: None,
        }
    }
}

impl Flow<'_> {
    /// What comes next after a check at `now`, which looked at the groups that were asked for
    /// capacity, see [`Progress::asked_of`].
    #[must_use]
    pub fn checked(self, mut progress: Progress, looks: &[Look<'_>], now: Timestamp) -> Checked {
        let Some(attempt) = progress.attempt.clone() else {
            return self.gave_up(progress, Market::OnDemand, "VerifyCapacity", String::new());
        };
        let market = attempt.market;
        if let Some(nothing) = attempt.asked_nothing {
            return if nothing.outcome == ScaleOutcome::WouldScale {
                Checked::go_on(self.dry_run_ended(&progress, Some(&nothing.sentence)))
            } else {
                self.gave_up(progress, market, "ScaleUp", nothing.sentence)
            };
        }
        if progress.on_demand_too {
            return Checked::go_on(self.ask_on_demand_too(progress, 0));
        }
        let at = |market| looks.iter().copied().find(|look| look.market == market);
        let Some(look) = at(market) else {
            return self.gave_up(progress, market, "VerifyCapacity", String::new());
        };
        let attempt = if attempt.unclear == 0 {
            attempt
        } else {
            let attempt = match self.clear_up(attempt, look) {
                Ok(attempt) => attempt,
                Err(unclear) => {
                    return Checked::go_on(if self.may_try_again(now) {
                        self.try_scale_up(progress, market, unclear)
                    } else {
                        self.give_up(progress, GaveUp::refused(market))
                    });
                }
            };
            progress.attempt = Some(attempt.clone());
            progress.in_addition = None;
            if self.wants_on_demand_too(&progress) {
                return Checked::go_on(self.ask_on_demand_too(progress, 0));
            }
            attempt
        };
        let in_addition = at(Market::OnDemand).filter(|_| progress.in_addition.is_some());
        if let Some(again) = in_addition.and_then(|look| self.ask_again(&mut progress, look, now)) {
            return Checked::go_on(again);
        }
        let target = attempt.target_capacity;
        let reached = target.map_or(look.capacity, |target| look.capacity.up_to(target));
        let expectation = Expectation {
            baseline: attempt.baseline_capacity,
            availability_zones: &self.group(market).availability_zones,
            waited_seconds: attempt.waited_seconds,
            timeout_seconds: self.timeout_seconds(market),
        };
        let report = assess(expectation, reached, look.activities);
        let is_done = matches!(
            report.status,
            CapacityStatus::Arrived | CapacityStatus::Withdrawn
        );
        let more = reached
            .desired_capacity
            .saturating_sub(attempt.baseline_capacity);
        let has_arrived = report.status == CapacityStatus::Arrived;
        let arrived = has_arrived.then_some((market, more));
        let brought = if has_arrived { more } else { 0 };
        if let Some(look) = in_addition.filter(|_| is_done)
            && let Some(progress) = progress.only_on_demand(brought)
        {
            let mut checked = self.checked(progress, &[look], now);
            checked.arrived.extend(arrived);
            return checked;
        }
        Checked {
            arrived: arrived.into_iter().collect(),
            report: Some((market, report.clone())),
            ..self.assessed(progress, &attempt, &report, more, now)
        }
    }

    fn assessed(
        self,
        mut progress: Progress,
        attempt: &Attempt,
        report: &CapacityReport,
        most: i32,
        now: Timestamp,
    ) -> Checked {
        let market = attempt.market;
        let has_time = attempt.waited_seconds < self.timeout_seconds(market);
        match report.status {
            CapacityStatus::Arrived => {
                Checked::go_on(self.arrived(progress, &report.sentence, now))
            }
            CapacityStatus::Withdrawn => {
                Checked::go_on(self.no_longer_needed(&progress, &report.sentence, now))
            }
            CapacityStatus::Pending => Checked::go_on(self.wait(progress)),
            // After on-demand there is nothing left, so it has all of its time.
            CapacityStatus::NoCapacity if market == Market::OnDemand && has_time => {
                Checked::go_on(self.wait(progress))
            }
            CapacityStatus::NoCapacity | CapacityStatus::TimedOut => {
                if market == Market::OnDemand || self.is_sized(&progress) {
                    let arrived = report.arrived.min(most);
                    progress.arrived = progress.arrived.saturating_add(arrived);
                }
                let last = report.last_failure.as_deref().unwrap_or_default();
                let cause = format!("{} {last}", report.sentence);
                self.gave_up(progress, market, "VerifyCapacity", cause)
            }
        }
    }

    pub(super) fn may_try_again(self, now: Timestamp) -> bool {
        let most = SignedDuration::from_secs(MOST_UNCLEAR_SECONDS.into());
        now.duration_since(self.execution.round_began_at) < most
    }

    /// Whether the scale-up whose outcome was not known took effect: then it is waited for.
    /// Otherwise it is tried again, after so many attempts.
    pub(super) fn clear_up(self, attempt: Attempt, look: Look<'_>) -> Result<Attempt, u32> {
        let group = self.group(attempt.market);
        let policy = &group.scale_up_policy;
        let took_effect = match attempt.target_capacity {
            Some(to) => {
                let plan = plan_raise(attempt.baseline_capacity, to, look.capacity);
                plan == RaisePlan::AlreadyRaised
            }
            None => {
                let plan = plan_scale_up(group.capacity, look.capacity, policy, look.activities);
                plan == ScaleUpPlan::AlreadyScaled
            }
        };
        if !took_effect {
            return Err(attempt.unclear);
        }
        let seconds = self.discovery.settings.verify_interval_seconds;
        let target = attempt.target_capacity.unwrap_or_else(|| {
            policy.target_from(Capacity {
                desired_capacity: attempt.baseline_capacity,
                ..look.capacity
            })
        });
        Ok(Attempt {
            target_capacity: Some(target),
            waited_seconds: seconds,
            unclear: 0,
            ..attempt
        })
    }

    fn gave_up(
        self,
        mut progress: Progress,
        market: Market,
        state: &'static str,
        cause: String,
    ) -> Checked {
        let failure = Failure::no_capacity(state, &cause);
        if market == Market::Spot {
            progress.spot_failure = Some(failure.clone());
        }
        let gave_up = GaveUp::known(market, state);
        Checked {
            failure: Some(failure),
            ..Checked::go_on(self.give_up(progress, gave_up))
        }
    }

    /// The capacity is there: it serves, or takes over from on-demand.
    pub(super) fn arrived(self, progress: Progress, sentence: &str, now: Timestamp) -> Step {
        match self.discovery.purpose {
            Purpose::ScaleUp => self.capacity_arrived(&progress, sentence, now),
            Purpose::ReturnToSpot => Step::ScaleDownOnDemand {
                action: ScaleAction::ScaleDown {
                    honor_cooldown: self.discovery.settings.honor_cooldown,
                },
                progress,
                if_fails: Box::new(self.both_serve()),
            },
        }
    }
}
