//! If a step fails: the other group, or the end.

use super::{Event, Fallback, Flow, Outcome, Progress, RoundResult, ServedBy, Step};
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
        let gives_way = self.returns() || self.discovery.on_demand_group.capacity.has_room();
        if gave_up.market == Market::Spot && gives_way {
            self.stand_down(progress, gave_up.state)
        } else if gave_up.is_known && progress.in_addition.is_none() {
            self.fail(Fails::of(progress.arrived), gave_up.state)
        } else {
            self.fail(Fails::Unclear, gave_up.state)
        }
    }

    /// Takes back what spot did not bring, so that the fallback does not buy twice.
    fn stand_down(self, progress: Progress, state: &str) -> Step {
        let attempt = progress.attempt.as_ref();
        let discovered = self.discovery.spot_group.capacity.desired_capacity;
        let on_demand = Progress {
            spot_failed_in: Some("StandDownSpot".to_owned()),
            ..progress.clone()
        };
        Step::StandDownSpot {
            failed_in: state.to_owned(),
            action: ScaleAction::StandDown {
                baseline_capacity: attempt.map_or(discovered, |attempt| attempt.baseline_capacity),
            },
            // Jobs must not wait because the spot group could not be stood down.
            if_fails: Box::new(Step::Notify {
                failed_in: "StandDownSpot".to_owned(),
                subject: format!(
                    "SpotManager could not stand the spot group down for {}",
                    self.stack()
                ),
                consequence: self.spot_goes_on(),
                page: self.page(),
                then: Box::new(self.fall_back(on_demand, None)),
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

    fn spot_goes_on(self) -> String {
        let then = if self.discovery.settings.dry_run {
            return "This is a dry run: nothing was changed.".to_owned();
        } else if self.returns() {
            "goes on serving"
        } else {
            "scales up now"
        };
        format!("The spot group may go on buying in addition to on-demand, which {then}.")
    }

    /// On-demand takes over; in a return to spot it has never stopped serving. `stood_down` is the
    /// sentence of the stand-down, unless it failed.
    pub(super) fn fall_back(self, progress: Progress, stood_down: Option<&str>) -> Step {
        if self.returns() {
            return self.stayed_on_demand(&progress, stood_down);
        }
        let Flow {
            execution,
            discovery,
        } = self;
        let fallback = Fallback {
            round: execution.round,
            dry_run: discovery.settings.dry_run,
            from_group: discovery.spot_group.auto_scaling_group_name.clone(),
            to_group: discovery.on_demand_group.auto_scaling_group_name.clone(),
            stood_down: stood_down.is_some(),
            failure: progress.spot_failure.clone(),
        };
        Step::Report {
            failed_in: match fallback.failure {
                Some(_) => None,
                None => progress.spot_failed_in.clone(),
            },
            events: vec![Event::Fallback(fallback)],
            then: Box::new(self.scale_up(progress, Market::OnDemand)),
        }
    }

    /// Spot serves, and on-demand could not be scaled down.
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
                "Spot is in service, and no on-demand instance was taken away".to_owned(),
                Some(ServedBy::Spot),
                ": both run and cost",
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

    fn stack(self) -> String {
        stack_name_of(&self.discovery.stack_name).to_owned()
    }

    /// The line with the execution's page in the console, or its ARN if the partition's console is
    /// not known.
    fn page(self) -> String {
        let Some(origin) = &self.execution.origin else {
            return String::new();
        };
        let arn = origin.execution_arn.as_str();
        let mut parts = arn.split(':').skip(1);
        let domain = match parts.next() {
            Some("aws") => "console.aws.amazon.com",
            Some("aws-cn") => "console.amazonaws.cn",
            Some("aws-us-gov") => "console.amazonaws-us-gov.com",
            _ => return format!("\nExecution: {arn}"),
        };
        let region = parts.nth(1).unwrap_or_default();
        format!(
            "\nExecution: https://{region}.{domain}/states/home?region={region}#/v2/executions/details/{arn}"
        )
    }
}
