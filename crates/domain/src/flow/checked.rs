//! After *verify* has looked at the group.

use jiff::{SignedDuration, Timestamp};

use super::{Attempt, Failure, Flow, GaveUp, Others, Progress, Seen, Step};
use crate::{
    Capacity, ErrorName, Market, ScaleOutcome,
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
    pub(super) fn go_on(step: Step) -> Self {
        Self {
            report: None,
            arrived: Vec::new(),
            step,
            failure: None,
        }
    }
}

impl Flow<'_> {
    /// Whether what comes next after a check depends on the other executions of the pair.
    #[must_use]
    pub fn depends_on_others(self, progress: &Progress, looks: &[Look<'_>]) -> bool {
        if let Some(lowering) = &progress.lowering {
            let look = looks.iter().find(|look| look.market == Market::OnDemand);
            return look.is_some_and(|look| !lowering.took_effect(look.capacity));
        }
        let asked_of = progress.asked_of();
        let look = looks.iter().find(|look| Some(look.market) == asked_of);
        let (Some(attempt), Some(look)) = (&progress.attempt, look) else {
            return false;
        };
        let gives_up = || {
            let report = self.report_on(attempt, *look);
            matches!(
                report.status,
                CapacityStatus::NoCapacity | CapacityStatus::TimedOut | CapacityStatus::Withdrawn
            )
        };
        // What came of a plan its tokens say.
        let is_unclear = attempt.unclear > 0 && attempt.plan.is_none();
        is_unclear || self.returns() || attempt.market == Market::Spot && gives_up()
    }

    /// What comes next after a check at `now`, which looked at the groups that [`Flow::looks_at`]
    /// names, next to these other executions, if [`Flow::depends_on_others`].
    #[must_use]
    pub fn checked(
        self,
        mut progress: Progress,
        looks: &[Look<'_>],
        others: &Others,
        now: Timestamp,
    ) -> Checked {
        let at = |market| looks.iter().copied().find(|look| look.market == market);
        if let Some(lowering) = progress.lowering.clone() {
            return Checked::go_on(match at(Market::OnDemand) {
                Some(look) => self.checked_lowering(progress, &lowering, look, others, now),
                None => self.both_serve(),
            });
        }
        let Some(attempt) = progress.attempt.clone() else {
            return self.gave_up(progress, Market::OnDemand, "VerifyCapacity", String::new());
        };
        let market = attempt.market;
        if progress.asks_again {
            return Checked::go_on(self.ask_again_for_the_rest(progress));
        }
        if let Some(nothing) = attempt.asked_nothing {
            if self.returns() && nothing.outcome == ScaleOutcome::AlreadyScaled {
                return Checked::go_on(self.stayed_on_demand(&progress, Some(&nothing.sentence)));
            }
            return if nothing.outcome == ScaleOutcome::WouldScale {
                Checked::go_on(self.dry_run_ended(&progress, Some(&nothing.sentence)))
            } else {
                self.gave_up(progress, market, "ScaleUp", nothing.sentence)
            };
        }
        if progress.on_demand_too {
            return Checked::go_on(self.ask_on_demand_too(progress, 0));
        }
        let Some(look) = at(market) else {
            return self.gave_up(progress, market, "VerifyCapacity", String::new());
        };
        let attempt = if attempt.unclear == 0 {
            attempt
        } else if let Some(plan) = attempt.plan {
            return Checked::go_on(if self.may_try_again(now) {
                self.launch(progress, *plan, attempt.unclear)
            } else {
                self.give_up(progress, GaveUp::unclear(market, "ScaleUp"))
            });
        } else {
            let attempt = match self.clear_up(attempt, look) {
                Ok(attempt)
                    if others.were_there()
                        && (!self.is_sized(&progress) || self.return_was_there(others)) =>
                {
                    progress.attempt = Some(attempt);
                    progress.in_addition = None;
                    return self.unconfirmed(progress, look);
                }
                Ok(attempt) => attempt,
                Err(unclear) if self.may_try_again(now) => {
                    return Checked::go_on(self.try_scale_up(progress, market, unclear));
                }
                Err(_) => return self.never_clear(progress, look),
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
        let report = self.report_on(&attempt, look);
        if self.returns() {
            progress.on_demand_desired =
                at(Market::OnDemand).map(|look| look.capacity.desired_capacity);
            let more = look
                .capacity
                .in_service
                .saturating_sub(attempt.baseline_capacity);
            let has_arrived = report.status == CapacityStatus::Arrived;
            let arrived = has_arrived.then_some((market, more.min(attempt.asked())));
            return Checked {
                arrived: arrived.into_iter().collect(),
                report: Some((market, report.clone())),
                ..self.assessed_return(progress, look, &report, others)
            };
        }
        let is_done = matches!(
            report.status,
            CapacityStatus::Arrived | CapacityStatus::Withdrawn
        );
        let target = attempt.target_capacity;
        let reached = target.map_or(look.capacity, |target| look.capacity.up_to(target));
        let more = reached
            .desired_capacity
            .saturating_sub(attempt.baseline_capacity);
        let has_arrived = report.status == CapacityStatus::Arrived;
        let arrived = has_arrived.then_some((market, more));
        let brought = if has_arrived { more } else { 0 };
        if let Some(look) = in_addition.filter(|_| is_done)
            && let Some(progress) = progress.only_on_demand(brought)
        {
            let mut checked = self.checked(progress, &[look], others, now);
            checked.arrived.extend(arrived);
            return checked;
        }
        Checked {
            arrived: arrived.into_iter().collect(),
            report: Some((market, report.clone())),
            ..self.assessed(progress, look, &report, (others, more), now)
        }
    }

    fn report_on(self, attempt: &Attempt, look: Look<'_>) -> CapacityReport {
        let target = attempt.target_capacity;
        let reached = target.map_or(look.capacity, |target| look.capacity.up_to(target));
        let market = attempt.market;
        let expectation = Expectation {
            baseline: attempt.baseline_capacity,
            availability_zones: &self.group(market).availability_zones,
            waited_seconds: attempt.waited_seconds,
            timeout_seconds: self.timeout_seconds(market),
        };
        assess(expectation, reached, look.activities)
    }

    /// Others run, and one of them may have made the group grow: that is reported, and the group is
    /// waited for. A return to spot leaves it to them.
    fn unconfirmed(self, progress: Progress, look: Look<'_>) -> Checked {
        let failure = Failure {
            error: ErrorName::OutcomeUnknown.as_str().to_owned(),
            cause: format!(
                "{} asks for {}, and another execution may have asked for that",
                self.group(look.market).auto_scaling_group_name,
                look.capacity.desired_capacity
            ),
            state: "ScaleUp".to_owned(),
        };
        let step = Step::Notify {
            failed_in: failure.state.clone(),
            subject: format!("SpotManager cannot confirm a scale-up for {}", self.stack()),
            consequence: self.cannot_confirm(),
            page: self.page(),
            then: Box::new(if self.returns() {
                self.stayed_on_demand(&progress, None)
            } else if self.wants_on_demand_too(&progress) {
                self.ask_on_demand_too(progress, 0)
            } else {
                self.wait(progress)
            }),
        };
        Checked {
            failure: Some(failure),
            ..Checked::go_on(step)
        }
    }

    fn assessed(
        self,
        mut progress: Progress,
        look: Look<'_>,
        report: &CapacityReport,
        (others, most): (&Others, i32),
        now: Timestamp,
    ) -> Checked {
        let market = look.market;
        let has_time = |attempt: &Attempt| attempt.waited_seconds < self.timeout_seconds(market);
        let has_time = progress.attempt.as_ref().is_some_and(has_time);
        match report.status {
            CapacityStatus::Arrived => {
                Checked::go_on(self.capacity_arrived(&progress, &report.sentence, now))
            }
            CapacityStatus::Withdrawn if self.was_taken(&progress, look, others) => {
                // It may be about to ask on-demand for it.
                let first_seen = progress
                    .attempt
                    .as_mut()
                    .filter(|attempt| attempt.seen.is_none());
                if let Some(attempt) = first_seen {
                    attempt.seen = Some(Seen {
                        desired_capacity: look.capacity.desired_capacity,
                        lacks: look.capacity.lacks(),
                    });
                    return Checked::go_on(self.wait(progress));
                }
                let cause = format!("{} Another execution may have done that.", report.sentence);
                let failure = Failure::no_capacity("VerifyCapacity", &cause);
                progress.spot_failure = Some(failure.clone());
                progress.on_demand_desired = others.on_demand_desired;
                Checked {
                    failure: Some(failure),
                    ..Checked::go_on(self.fall_back(progress, Some(&report.sentence)))
                }
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
                if let Some(attempt) = progress.attempt.as_mut().filter(|_| market == Market::Spot)
                {
                    if others.may_act_first(attempt) {
                        attempt.left_to_others = attempt.left_to_others.saturating_add(1);
                        return Checked::go_on(self.wait(progress));
                    }
                    attempt.seen = Some(Seen {
                        desired_capacity: look.capacity.desired_capacity,
                        lacks: look.capacity.lacks(),
                    });
                    progress.lost_has_left = others.lost_has_left;
                    let on_demand = others.on_demand_desired;
                    progress.on_demand_desired = on_demand.or(progress.on_demand_desired);
                }
                if market == Market::OnDemand || self.is_sized(&progress) {
                    let arrived = report.arrived.min(most).max(0);
                    progress.arrived = progress.arrived.saturating_add(arrived);
                }
                let last = report.last_failure.as_deref().unwrap_or_default();
                let cause = format!("{} {last}", report.sentence);
                self.gave_up(progress, market, "VerifyCapacity", cause)
            }
        }
    }

    fn return_was_there(self, others: &Others) -> bool {
        self.discovery.return_runs || others.returns > 0 || others.ended_returns > 0
    }

    /// Whether both groups ask for no more than before this alarm's execution, next to others that may
    /// have lowered them in the moment in which it asked: no API compares and sets. In doubt on-demand.
    /// With a queue the next round sees it. A lost instance needs no more than its group had.
    fn was_taken(self, progress: &Progress, look: Look<'_>, others: &Others) -> bool {
        let Some(on_demand) = others.on_demand_desired.filter(|_| others.were_there()) else {
            return false;
        };
        let is_lost = self.discovery.loss.is_some();
        if look.market != Market::Spot || self.is_sized(progress) || is_lost {
            return false;
        }
        let (spot, other) = (
            self.discovery.spot_group.capacity,
            self.discovery.on_demand_group.capacity,
        );
        let sum = |spot: i32, on_demand: i32| spot.saturating_add(on_demand);
        let before = sum(spot.desired_capacity, other.desired_capacity);
        let less_is_asked = sum(look.capacity.desired_capacity, on_demand) <= before;
        let there = |capacity: Capacity| capacity.in_service.saturating_add(capacity.pending);
        let were_there = sum(there(spot), other.desired_capacity);
        // What a return to spot takes back of its own is nobody else's.
        let less_are_there = sum(there(look.capacity), on_demand) <= were_there;
        less_is_asked && (less_are_there || !self.return_was_there(others))
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

    /// It took too long to find out whether the group was asked.
    fn never_clear(self, progress: Progress, look: Look<'_>) -> Checked {
        let failure = Failure {
            error: ErrorName::OutcomeUnknown.as_str().to_owned(),
            cause: format!(
                "{} was to be asked for more, and asks for {} after {MOST_UNCLEAR_SECONDS} s",
                self.group(look.market).auto_scaling_group_name,
                look.capacity.desired_capacity
            ),
            state: "ScaleUp".to_owned(),
        };
        Checked {
            failure: Some(failure),
            ..Checked::go_on(self.give_up(progress, GaveUp::refused(look.market)))
        }
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
}
