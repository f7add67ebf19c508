//! From the decision to the first change.

use super::{
    Attempt, CheapestPool, Decision, Event, Failure, Flow, GaveUp, Progress, RoundResult, ServedBy,
    Step,
};
use crate::{
    ErrorName, LossKind, Market, RoundDecision, ScaleAction,
    verdict::{Choice, Evaluation, Verdict, without_prices},
};

/// How often a scale-up is tried again whose outcome stays unknown.
pub(super) const MOST_UNCLEAR: u32 = 6;

impl Flow<'_> {
    /// What comes next after the discovery: the evaluation, and the decision in doubt if it fails.
    #[must_use]
    pub fn discovered(self) -> Step {
        let verdict = self.discovery.if_evaluation_fails(self.execution.round);
        let in_doubt = self.reported(&without_prices(verdict), Some("Evaluate".to_owned()));
        Step::Evaluate {
            if_fails: Box::new(in_doubt),
        }
    }

    /// What comes next after the evaluation.
    #[must_use]
    pub fn decided(self, evaluation: &Evaluation) -> Step {
        self.reported(evaluation, None)
    }

    fn reported(self, evaluation: &Evaluation, failed_in: Option<String>) -> Step {
        let verdict = &evaluation.verdict;
        let mut events = vec![self.decision(evaluation)];
        let then = match verdict.choice {
            // Why the evaluation failed belongs to the decision alone.
            Choice::Nothing if failed_in.is_some() => Step::Report {
                events: vec![self.nothing_to_do(verdict)],
                failed_in: None,
                then: Box::new(Step::NothingToDo),
            },
            Choice::Nothing => {
                events.push(self.nothing_to_do(verdict));
                Step::NothingToDo
            }
            Choice::Spot => self.first_scale_up(evaluation, Market::Spot),
            Choice::OnDemand => self.first_scale_up(evaluation, Market::OnDemand),
        };
        Step::Report {
            events,
            failed_in,
            then: Box::new(then),
        }
    }

    fn first_scale_up(self, evaluation: &Evaluation, market: Market) -> Step {
        let progress = self.progress(evaluation);
        match self.launch_plan(&progress, evaluation, market) {
            Some(plan) => self.launch(progress, plan, 0),
            None => self.first_change(progress, market),
        }
    }

    fn progress(self, evaluation: &Evaluation) -> Progress {
        let verdict = &evaluation.verdict;
        Progress {
            choice: verdict.choice,
            decision: RoundDecision {
                spot_group: self.discovery.spot_group.logical_id.clone(),
                reason: verdict.reason,
                sentence: verdict.sentence.clone(),
                saving_usd_per_hour: evaluation.saving_usd_per_hour,
            },
            wanted: self.wanted(),
            on_demand_too: false,
            asks_again: false,
            arrived: 0,
            looks: self.execution.looks(),
            attempt: None,
            in_addition: None,
            tries: 0,
            moved: 0,
            on_demand_desired: None,
            lowering: None,
            lost_has_left: false,
            recommended: None,
            spot_failure: None,
            spot_failed_in: None,
            took_over: false,
        }
    }

    /// A launch that Auto Scaling itself is to repeat is waited for; an instance that EC2 takes back
    /// leaves its group.
    fn first_change(self, mut progress: Progress, market: Market) -> Step {
        let dry_run = self.discovery.settings.dry_run;
        let Some(loss) = &self.discovery.loss else {
            return self.scale_up(progress, market);
        };
        match (loss.kind, &loss.instance_id) {
            (LossKind::LaunchUnsuccessful | LossKind::InstanceGone, _)
                if market == Market::Spot =>
            {
                let capacity = self.discovery.spot_group.capacity;
                let target = Some(capacity.desired_capacity);
                progress.attempt = Some(Attempt::new(market, capacity.in_service, target));
                if dry_run {
                    self.dry_run_ended(&progress, None)
                } else {
                    self.wait(progress)
                }
            }
            (LossKind::InterruptionWarning, Some(instance_id)) if !dry_run => {
                match &loss.recommended {
                    Some(name) => self.look_at_recommended(progress, name.clone()),
                    None => self.detach(progress, instance_id),
                }
            }
            (LossKind::InterruptionWarning, None) if !dry_run => {
                progress.spot_failure = Some(Failure {
                    error: ErrorName::InvalidInput.as_str().to_owned(),
                    cause: "the field loss.instance_id was absent; it should be the id of the \
                            instance that EC2 takes back"
                        .to_owned(),
                    state: "DetachInstance".to_owned(),
                });
                self.scale_up(progress, Market::OnDemand)
            }
            _ => self.scale_up(progress, market),
        }
    }

    /// The group on this market scales up. A replacement does not wait for a cooldown.
    pub(super) fn scale_up(self, progress: Progress, market: Market) -> Step {
        self.try_scale_up(progress, market, 0)
    }

    /// The same after so many attempts whose outcome is not known.
    pub(super) fn try_scale_up(self, progress: Progress, market: Market, unclear: u32) -> Step {
        let progress = Progress {
            attempt: None,
            tries: unclear,
            ..progress
        };
        let action = self.scale_up_action(&progress, market, unclear);
        self.ask_by(action, progress, unclear)
    }

    /// The step that scales up by this action, after so many attempts whose outcome is not known.
    pub(super) fn ask_by(self, action: ScaleAction, progress: Progress, unclear: u32) -> Step {
        let market = action.market();
        let if_unclear = if unclear < MOST_UNCLEAR {
            let progress = Progress {
                looks: progress.looks.saturating_add(1),
                attempt: Some(Attempt {
                    unclear: unclear.saturating_add(1),
                    ..self.attempt(&action)
                }),
                // The state machine knows the scale-up's error now, and no other.
                spot_failed_in: None,
                ..progress.clone()
            };
            let gave_up = GaveUp::unclear(market, "VerifyCapacity");
            Step::WaitForCapacity {
                seconds: self.discovery.settings.verify_interval_seconds,
                if_fails: Box::new(self.give_up(progress.clone(), gave_up)),
                progress,
            }
        } else {
            let mut progress = progress.clone();
            progress.attempt = Some(self.attempt(&action));
            self.give_up(progress, GaveUp::unclear(market, "ScaleUp"))
        };
        let launches = matches!(action, ScaleAction::LaunchInstances { .. });
        let if_fails = if launches && unclear > 0 {
            // An earlier attempt may have launched.
            if_unclear.clone()
        } else {
            self.give_up(progress.clone(), GaveUp::refused(market))
        };
        Step::ScaleUp {
            action,
            if_fails: Box::new(if_fails),
            if_unclear: Box::new(if_unclear),
            progress,
        }
    }

    /// A scale-up by this action, which may have taken effect.
    pub(super) fn attempt(self, action: &ScaleAction) -> Attempt {
        match *action {
            ScaleAction::RaiseCapacity { market, from, to } => Attempt::new(market, from, Some(to)),
            ScaleAction::LaunchInstances {
                market, ref plan, ..
            } => self.may_have_launched(plan, market),
            _ => {
                let market = action.market();
                let discovered = self.group(market).capacity.desired_capacity;
                Attempt::new(market, discovered, None)
            }
        }
    }

    /// Time for the group to launch, until the next check.
    pub(super) fn wait(self, mut progress: Progress) -> Step {
        let seconds = self.discovery.settings.verify_interval_seconds;
        progress.looks = progress.looks.saturating_add(1);
        let mut market = Market::OnDemand;
        if let Some(attempt) = &mut progress.in_addition {
            attempt.waited_seconds = attempt.waited_seconds.saturating_add(seconds);
        }
        if let Some(attempt) = &mut progress.attempt {
            attempt.waited_seconds = attempt.waited_seconds.saturating_add(seconds);
            market = attempt.market;
        }
        let gave_up = GaveUp::unclear(market, "VerifyCapacity");
        Step::WaitForCapacity {
            seconds,
            if_fails: Box::new(self.give_up(progress.clone(), gave_up)),
            progress,
        }
    }

    fn decision(self, evaluation: &Evaluation) -> Event {
        let verdict = &evaluation.verdict;
        Event::Decision(Box::new(Decision {
            purpose: self.discovery.purpose,
            round: self.execution.round,
            dry_run: self.discovery.settings.dry_run,
            choice: verdict.choice,
            reason: verdict.reason,
            sentence: verdict.sentence.clone(),
            limit_usd: evaluation.limit.as_ref().map(|limit| limit.limit_usd),
            cheapest: CheapestPool::of(evaluation),
            saving_usd_per_hour: evaluation.saving_usd_per_hour,
            wanted: match verdict.choice {
                Choice::Nothing => None,
                Choice::Spot | Choice::OnDemand => self.wanted(),
            },
            backlog: evaluation.backlog.clone(),
            loss: self.discovery.loss.clone(),
        }))
    }

    fn nothing_to_do(self, verdict: &Verdict) -> Event {
        let Verdict {
            reason, sentence, ..
        } = verdict.clone();
        let outcome = self.round_outcome(RoundResult::NothingToDo, self.stays(), reason, sentence);
        Event::Outcome(Box::new(outcome))
    }

    /// On-demand goes on serving in a return to spot that brings nothing.
    pub(super) fn stays(self) -> ServedBy {
        if self.returns() && self.discovery.on_demand_group.capacity.in_service > 0 {
            ServedBy::OnDemand
        } else {
            ServedBy::Nobody
        }
    }
}
