//! If a step fails: the other group, or the end.

use super::{Attempt, Event, Fallback, Flow, Outcome, Progress, RoundResult, ServedBy, Step};
use crate::{Caught, ErrorName, Market, ScaleAction, stack_name_of};

/// What Lambda raises if too many functions run at once.
const TOO_MANY_REQUESTS: &str = "Lambda.TooManyRequestsException";

/// A group that is given up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct GaveUp {
    pub(super) market: Market,
    /// Whether it is known that no capacity came.
    pub(super) is_known: bool,
    /// The state that failed.
    pub(super) state: &'static str,
}

impl GaveUp {
    pub(super) const fn refused(market: Market) -> Self {
        Self::known(market, "ScaleUp")
    }

    pub(super) const fn known(market: Market, state: &'static str) -> Self {
        Self {
            market,
            is_known: true,
            state,
        }
    }

    pub(super) const fn unclear(market: Market, state: &'static str) -> Self {
        Self {
            market,
            is_known: false,
            state,
        }
    }
}

/// How an execution fails that has decided something.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Fails {
    /// Nothing arrived.
    NoCapacity,
    /// So many instances or units arrived, and more were wanted.
    Partly(i32),
    /// Something may have arrived.
    Unclear,
    /// Spot is in service, and no on-demand instance went.
    BothServe,
}

impl Fails {
    fn of(arrived: i32) -> Self {
        match arrived {
            0 => Self::NoCapacity,
            arrived => Self::Partly(arrived),
        }
    }
}

impl Flow<'_> {
    /// A group brought nothing. Spot gives way to on-demand if that group has room; after on-demand
    /// there is nothing left but to report.
    pub(super) fn give_up(self, progress: Progress, gave_up: GaveUp) -> Step {
        if self.returns() {
            return self.give_up_return(progress, gave_up.state);
        }
        let gives_way = self.is_recommended() || self.discovery.on_demand_group.capacity.has_room();
        if gave_up.market == Market::Spot && gives_way {
            self.stand_down(progress, gave_up.state)
        } else if gave_up.is_known && progress.in_addition.is_none() {
            self.say_who_took_over(progress, |progress| {
                self.fail(Fails::of(progress.arrived), gave_up.state)
            })
        } else {
            self.say_who_took_over(progress, |_| self.fail(Fails::Unclear, gave_up.state))
        }
    }

    /// What comes next, after the report that on-demand has taken over, if that was not sent yet.
    pub(super) fn say_who_took_over(
        self,
        progress: Progress,
        then: impl FnOnce(Progress) -> Step,
    ) -> Step {
        if !progress.took_over {
            return then(progress);
        }
        let progress = Progress {
            took_over: false,
            ..progress
        };
        Step::Report {
            events: vec![Event::Fallback(self.fallback(&progress, true))],
            failed_in: None,
            then: Box::new(then(progress)),
        }
    }

    /// What a return to spot did not get it takes back, unless it asked for nothing.
    fn give_up_return(self, progress: Progress, state: &str) -> Step {
        let asked = progress.attempt.as_ref().and_then(|attempt| {
            let target = attempt
                .target_capacity
                .filter(|_| attempt.asked_nothing.is_none())?;
            Some((target, attempt.asked()))
        });
        let progress = Progress {
            spot_failed_in: progress.spot_failed_in.or_else(|| Some(state.to_owned())),
            ..progress
        };
        match asked {
            Some((target, asked)) => self.take_back(progress, state, target, asked),
            None => self.stayed_on_demand(&progress, None),
        }
    }

    /// Takes back what spot did not bring, so that the fallback does not buy twice. If a queue sizes
    /// the round, that is what it asked for itself; otherwise all that the group lacks goes to on-demand,
    /// whichever execution asked for it, as far as there is room. Only its own is taken back after a
    /// recommendation, as on-demand does not take over, and if nobody could look at the group.
    fn stand_down(self, progress: Progress, state: &str) -> Step {
        let attempt = progress.attempt.as_ref();
        let capacity = self.discovery.spot_group.capacity;
        let discovered = capacity.desired_capacity;
        let seen = attempt.and_then(|attempt| Some(attempt.seen?.desired_capacity));
        let asked = attempt.and_then(|attempt| attempt.target_capacity);
        let is_sized = self.is_sized(&progress);
        let from = seen.or(asked).unwrap_or(discovered);
        let action = match self.own(attempt) {
            Some(by) if self.is_recommended() || by > 0 && is_sized == seen.is_some() => {
                ScaleAction::TakeBack { from, by }
            }
            _ => ScaleAction::StandDown {
                baseline_capacity: match (attempt, seen) {
                    (Some(_), Some(desired)) if !is_sized => {
                        let other = self.discovery.on_demand_group.capacity;
                        let on_demand = progress.on_demand_desired;
                        let on_demand = on_demand.unwrap_or(other.desired_capacity);
                        let room = other.max_size.saturating_sub(on_demand);
                        capacity.min_size.max(desired.saturating_sub(room))
                    }
                    (Some(attempt), _) => attempt.baseline_capacity,
                    (None, _) => discovered,
                },
                from,
            },
        };
        let on_demand = Progress {
            spot_failed_in: Some("StandDownSpot".to_owned()),
            ..progress.clone()
        };
        let consequence = if self.keeps_instance(&progress) {
            "The spot group may go on buying, though the instance that EC2 may take back runs."
                .to_owned()
        } else {
            self.spot_goes_on()
        };
        let then = self.fall_back(on_demand, None);
        self.stand_down_step(progress, state, action, (consequence, then))
    }

    /// How much of what spot lacks the attempt asked for, in instances or units; `None` if its policy
    /// said it. The group itself replaces a lost instance, next to all else that it lacks.
    fn own(self, attempt: Option<&Attempt>) -> Option<i32> {
        let Some(attempt) = attempt.filter(|attempt| attempt.asked_nothing.is_none()) else {
            return Some(0);
        };
        let is_replaced = self.discovery.loss.is_some() && !self.is_recommended();
        let most = if is_replaced { 1 } else { i32::MAX };
        attempt.target_capacity.map(|_| attempt.asked().min(most))
    }

    /// The step that lowers spot. Jobs must not wait because that fails: the operations topic is
    /// notified of the consequence, and the flow goes on.
    pub(super) fn stand_down_step(
        self,
        progress: Progress,
        state: &str,
        action: ScaleAction,
        (consequence, then): (String, Step),
    ) -> Step {
        Step::StandDownSpot {
            failed_in: state.to_owned(),
            action,
            if_fails: Box::new(Step::Notify {
                failed_in: "StandDownSpot".to_owned(),
                subject: format!(
                    "SpotManager could not stand the spot group down for {}",
                    self.stack()
                ),
                consequence,
                page: self.page(),
                then: Box::new(then),
            }),
            progress,
        }
    }

    /// What a stand-down goes back to, in instances or units: its action's `baseline_capacity`, but
    /// for a scale-up that was refused. That asked for nothing, so nothing is taken back.
    #[must_use]
    pub fn stand_down_baseline(self, baseline_capacity: i32, step: &Step, failure: &Caught) -> i32 {
        let refused = [
            ErrorName::Throttled.as_str(),
            ErrorName::ScalingInProgress.as_str(),
            ErrorName::Transient.as_str(),
            TOO_MANY_REQUESTS,
        ];
        match step {
            Step::StandDownSpot { failed_in, .. }
                if failed_in == "ScaleUp" && refused.contains(&failure.error.as_str()) =>
            {
                self.discovery.spot_group.capacity.max_size
            }
            _ => baseline_capacity,
        }
    }

    pub(super) fn spot_goes_on(self) -> String {
        let then = if self.discovery.settings.dry_run {
            return "This is a dry run: nothing was changed.".to_owned();
        } else if self.returns() {
            "goes on serving"
        } else {
            "scales up now"
        };
        format!("The spot group may go on buying in addition to on-demand, which {then}.")
    }

    /// On-demand takes over, but not for an instance that still runs. `stood_down` is the sentence of
    /// the stand-down, unless it failed.
    pub(super) fn fall_back(self, progress: Progress, stood_down: Option<&str>) -> Step {
        if self.keeps_instance(&progress) {
            return self.stays_with_the_instance(&progress, stood_down.unwrap_or_default());
        }
        let fallback = self.fallback(&progress, stood_down.is_some());
        Step::Report {
            failed_in: match fallback.failure {
                Some(_) => None,
                None => progress.spot_failed_in.clone(),
            },
            events: vec![Event::Fallback(fallback)],
            then: Box::new(self.scale_up(progress, Market::OnDemand)),
        }
    }

    /// On-demand takes over.
    pub(super) fn fallback(self, progress: &Progress, stood_down: bool) -> Fallback {
        let Flow {
            execution,
            discovery,
        } = self;
        Fallback {
            round: execution.round,
            dry_run: discovery.settings.dry_run,
            from_group: discovery.spot_group.auto_scaling_group_name.clone(),
            to_group: discovery.on_demand_group.auto_scaling_group_name.clone(),
            stood_down,
            failure: progress.spot_failure.clone(),
        }
    }

    /// Spot serves, and nobody knows whether on-demand asks for less.
    pub(super) fn both_serve(self) -> Step {
        self.fail(Fails::BothServe, "ScaleDownOnDemand")
    }

    fn fail(self, fails: Fails, state: &str) -> Step {
        let in_this_round = match self.execution.round {
            0 | 1 => "",
            _ => " in this round",
        };
        let (sentence, served_by, so) = match fails {
            Fails::NoCapacity => (
                format!("No capacity arrived{in_this_round}"),
                Some(ServedBy::Nobody),
                "; jobs may be waiting",
            ),
            Fails::Partly(arrived) => (
                format!("{arrived} arrived{in_this_round}, and more are wanted"),
                None,
                "; jobs may be waiting",
            ),
            Fails::Unclear => (
                "It is not known if capacity arrived".to_owned(),
                None,
                "; jobs may be waiting",
            ),
            Fails::BothServe => (
                "Spot is in service, and it is not known if on-demand asks for less".to_owned(),
                Some(ServedBy::Spot),
                ": both may run and cost",
            ),
        };
        let outcome = Outcome {
            purpose: None,
            round: None,
            dry_run: None,
            result: RoundResult::Failed,
            served_by,
            group: None,
            reason: None,
            sentence: format!("{sentence}."),
            saving_usd_per_hour: None,
            failure: None,
            queue_problem: None,
        };
        let events = vec![Event::Failure {}, Event::Outcome(Box::new(outcome))];
        self.notify(state, format!("{sentence}{so}."), events)
    }

    /// The message to the operations topic, then the events, then the end.
    pub(super) fn notify(self, state: &str, consequence: String, events: Vec<Event>) -> Step {
        Step::Notify {
            failed_in: state.to_owned(),
            subject: format!("SpotManager failed for {}", self.stack()),
            consequence,
            page: self.page(),
            then: Box::new(Step::Report {
                events,
                failed_in: Some(state.to_owned()),
                then: Box::new(Step::Failed),
            }),
        }
    }

    pub(super) fn stack(self) -> String {
        stack_name_of(&self.discovery.stack_name).to_owned()
    }

    /// The lines with the execution's page in the console, or its ARN if the partition's console is
    /// not known, and with the command that explains it.
    pub(super) fn page(self) -> String {
        let Some(origin) = &self.execution.origin else {
            return String::new();
        };
        let arn = origin.execution_arn.as_str();
        let mut parts = arn.split(':').skip(1);
        let domain = match parts.next() {
            Some("aws") => "console.aws.amazon.com",
            Some("aws-cn") => "console.amazonaws.cn",
            Some("aws-us-gov") => "console.amazonaws-us-gov.com",
            _ => return format!("\nExecution: {arn}{}", in_a_terminal(arn)),
        };
        let region = parts.nth(1).unwrap_or_default();
        format!(
            "\nExecution: https://{region}.{domain}/states/home?region={region}#/v2/executions/details/{arn}{}",
            in_a_terminal(arn)
        )
    }
}

fn in_a_terminal(execution_arn: &str) -> String {
    format!("\nIn a terminal: spotmanager explain {execution_arn}")
}
