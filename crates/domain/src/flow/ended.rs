//! The end of a round, and what comes after it.

use jiff::{SignedDuration, Timestamp};

use super::{
    Event, Flow, MOST_CHECKS_LEFT_TO_OTHERS, Outcome, Progress, RoundResult, ServedBy, Step,
};
use crate::{
    ExecutionInput, Market, Round, SettingsOverride, execution_name,
    settings::MOST_CHECKS,
    verdict::{Choice, ReasonCode},
};

/// What a round takes of a history in addition to its checks, in checks.
const LOOKS_OF_A_ROUND: u32 = 4;
/// After so long no further round begins in the same execution, seconds: the longest round fits into
/// the state machine's timeout after it.
pub const MOST_SECONDS: u32 = 10_800;

impl Flow<'_> {
    pub(super) fn capacity_arrived(
        self,
        progress: &Progress,
        sentence: &str,
        now: Timestamp,
    ) -> Step {
        let last = progress.attempt.as_ref().map(|attempt| attempt.market);
        let spot_arrived = last == Some(Market::Spot) || progress.arrived > 0;
        let serves = match last {
            // On-demand came in addition.
            Some(_) if spot_arrived && !fell_back(progress, RoundResult::CapacityArrived) => {
                Some(Market::Spot)
            }
            last => last,
        };
        let outcome = Outcome {
            saving_usd_per_hour: progress
                .decision
                .saving_usd_per_hour
                .filter(|_| serves == Some(Market::Spot)),
            ..self.outcome(progress, RoundResult::CapacityArrived, serves, sentence)
        };
        self.report(
            progress,
            outcome,
            self.after_round(progress, RoundResult::CapacityArrived, now),
        )
    }

    pub(super) fn no_longer_needed(
        self,
        progress: &Progress,
        sentence: &str,
        now: Timestamp,
    ) -> Step {
        let outcome = self.outcome(progress, RoundResult::NoLongerNeeded, None, sentence);
        self.report(
            progress,
            outcome,
            self.after_round(progress, RoundResult::NoLongerNeeded, now),
        )
    }

    /// Nothing was changed. Without a sentence the decision's holds.
    pub(super) fn dry_run_ended(self, progress: &Progress, sentence: Option<&str>) -> Step {
        let sentence = sentence.unwrap_or(&progress.decision.sentence);
        let outcome = self.outcome(progress, RoundResult::DryRun, None, sentence);
        self.report(progress, outcome, Step::DryRunEnded)
    }

    /// Spot brought nothing. Without a sentence of the stand-down the decision's holds.
    pub(super) fn stayed_on_demand(self, progress: &Progress, sentence: Option<&str>) -> Step {
        let sentence = sentence.unwrap_or(&progress.decision.sentence);
        let outcome = self.outcome(progress, RoundResult::StayedOnDemand, None, sentence);
        self.report(progress, outcome, Step::StayedOnDemand)
    }

    /// Spot serves, and on-demand asks for less.
    pub(super) fn returned_to_spot(self, progress: &Progress, sentence: &str) -> Step {
        let progress = &Progress {
            arrived: 0,
            ..progress.clone()
        };
        let outcome = Outcome {
            saving_usd_per_hour: progress.decision.saving_usd_per_hour,
            ..self.outcome(
                progress,
                RoundResult::ReturnedToSpot,
                Some(Market::Spot),
                sentence,
            )
        };
        self.report(progress, outcome, Step::ReturnedToSpot)
    }

    fn outcome(
        self,
        progress: &Progress,
        result: RoundResult,
        serves: Option<Market>,
        sentence: &str,
    ) -> Outcome {
        let served_by = match serves {
            Some(Market::Spot) => ServedBy::Spot,
            Some(Market::OnDemand) => ServedBy::OnDemand,
            None => self.stays(),
        };
        let group = match served_by {
            ServedBy::Spot => Some(&self.discovery.spot_group),
            ServedBy::OnDemand => Some(&self.discovery.on_demand_group),
            ServedBy::Nobody => None,
        };
        let fell_back = fell_back(progress, result);
        let sentence = match (fell_back, progress.arrived) {
            (true, 0) => format!("{sentence} Spot brought no instance."),
            (true, arrived) => format!("{sentence} Spot brought {arrived} of those wanted."),
            (false, arrived) if arrived > 0 => {
                format!("Spot brought {arrived}; on-demand, asked for the rest: {sentence}")
            }
            (false, _) => sentence.to_owned(),
        };
        Outcome {
            group: group.map(|group| group.logical_id.clone()),
            failure: progress.spot_failure.clone().filter(|_| fell_back),
            ..self.round_outcome(result, served_by, progress.decision.reason, sentence)
        }
    }

    /// What every round that ends well says.
    pub(super) fn round_outcome(
        self,
        result: RoundResult,
        served_by: ServedBy,
        reason: ReasonCode,
        sentence: String,
    ) -> Outcome {
        Outcome {
            purpose: Some(self.discovery.purpose),
            round: Some(self.execution.round),
            dry_run: Some(self.discovery.settings.dry_run),
            result,
            served_by: Some(served_by),
            group: None,
            reason: Some(reason),
            sentence,
            saving_usd_per_hour: None,
            failure: None,
            queue_problem: self.discovery.queue_problem.clone(),
        }
    }

    /// An alarm asks once; only the queue says if more is needed. A history that would grow too long
    /// goes on in an execution of its own.
    fn after_round(self, progress: &Progress, result: RoundResult, now: Timestamp) -> Step {
        let settings = &self.discovery.settings;
        let execution = self.execution;
        // The execution of an interruption warning looks for this end.
        if self.discovery.queue.is_none() || self.is_recommended() {
            return match result {
                RoundResult::NoLongerNeeded => Step::NoLongerNeeded,
                _ => Step::CapacityArrived,
            };
        }
        let first_began_at = execution.first_round_began_at();
        let has_time =
            now.duration_since(first_began_at) < seconds(settings.rounds_timeout_seconds);
        if execution.round >= settings.max_rounds || !has_time {
            return Step::RoundsEnded;
        }
        let round = Round {
            number: execution.round.saturating_add(1),
            first_began_at,
            began_at: None,
            looks: Some(progress.looks),
        };
        let longest = self
            .timeout_seconds(Market::Spot)
            .saturating_add(self.timeout_seconds(Market::OnDemand))
            .div_ceil(settings.verify_interval_seconds.max(1))
            .saturating_add(MOST_CHECKS_LEFT_TO_OTHERS);
        let looks = progress
            .looks
            .saturating_add(LOOKS_OF_A_ROUND.saturating_mul(execution.round))
            .saturating_add(longest);
        if looks > MOST_CHECKS || now.duration_since(execution.began_at()) > seconds(MOST_SECONDS) {
            let round = Round {
                looks: None,
                ..round
            };
            return Step::ContinueAsNew {
                name: execution_name::of_round(&execution.name, round.number),
                input: self.input_of(round),
                if_fails: Box::new(self.no_further_round(result)),
            };
        }
        Step::Discover {
            input: self.input_of(Round {
                began_at: Some(now),
                ..round
            }),
        }
    }

    /// What the execution was started with, for a further round: what was lost is replaced.
    fn input_of(self, round: Round) -> ExecutionInput {
        ExecutionInput {
            loss: None,
            round: Some(round),
            ..match &self.execution.origin {
                Some(origin) => origin.input.clone(),
                None => ExecutionInput {
                    stack_name: self.discovery.stack_name.clone(),
                    settings: SettingsOverride::default(),
                    alarm: None,
                    purpose: self.discovery.purpose,
                    loss: None,
                    round: None,
                },
            }
        }
    }

    /// Why spot brought nothing the state machine adds, if only it knows.
    pub(super) fn report(self, progress: &Progress, outcome: Outcome, then: Step) -> Step {
        Step::Report {
            failed_in: match outcome.failure {
                None if fell_back(progress, outcome.result) => progress.spot_failed_in.clone(),
                _ => None,
            },
            events: self
                .took_over(progress)
                .into_iter()
                .chain([Event::Outcome(Box::new(outcome))])
                .collect(),
            then: Box::new(then),
        }
    }

    fn took_over(self, progress: &Progress) -> Option<Event> {
        let fallback = || Event::Fallback(self.fallback(progress, true));
        progress.took_over.then(fallback)
    }

    fn no_further_round(self, result: RoundResult) -> Step {
        let arrived = match result {
            RoundResult::CapacityArrived => "Capacity arrived, and no",
            _ => "No",
        };
        let consequence = format!("{arrived} further round began: more jobs may be waiting.");
        self.notify("ContinueAsNew", consequence, vec![Event::Failure {}])
    }
}

/// Whether spot was chosen, and did not bring what was asked for.
fn fell_back(progress: &Progress, result: RoundResult) -> bool {
    let tried = progress.attempt.as_ref().map(|attempt| attempt.market);
    let was_given_up = progress.arrived == 0
        || progress.spot_failure.is_some()
        || progress.spot_failed_in.is_some();
    result == RoundResult::StayedOnDemand
        || progress.choice == Choice::Spot && tried == Some(Market::OnDemand) && was_given_up
}

fn seconds(seconds: u32) -> SignedDuration {
    SignedDuration::from_secs(seconds.into())
}
