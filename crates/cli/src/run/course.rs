//! The steps in the state machine's order: discover, evaluate, scale, verify; and on-demand where
//! spot brings nothing.

use std::time::Duration;

use jiff::Timestamp;
use spotmanager_aws::SdkConfig;
use spotmanager_discover::Discover;
use spotmanager_domain::{
    DiscoverInput, Discovery, ErrorName, EvaluateInput, Execution, ExecutionInput, Group, Market,
    Purpose, ScaleAction, ScaleInput, ScaleOutcome, ScaleOutput, VerifyInput,
    verdict::{Choice, failed_evaluation},
};
use spotmanager_evaluate::Evaluate;
use spotmanager_scale::Scale;
use spotmanager_verify::Verify;
use tokio::time::sleep;

use super::{
    Failed, Record,
    after::{Check, after_check, baseline_after, no_capacity},
    patience::Patience,
};
use crate::deployed::{Parameters, value_of};

/// The functions' steps, and whom they are taken for.
#[derive(Debug)]
pub(super) struct Course {
    discover: Discover,
    evaluate: Evaluate,
    scale: Scale,
    verify: Verify,
    execution: Execution,
    input: ExecutionInput,
}

/// How an attempt at a group ended.
#[derive(Debug)]
enum Attempt {
    /// In this state; nothing more is to be done.
    Ended(&'static str),
    /// Without capacity, down from so many instances.
    NoCapacity {
        baseline_capacity: i32,
        failed: Failed,
    },
}

impl Course {
    pub(super) fn new(config: &SdkConfig, execution: Execution, input: ExecutionInput) -> Self {
        Self {
            discover: Discover::new(config),
            evaluate: Evaluate::new(config),
            scale: Scale::new(config),
            verify: Verify::new(config),
            execution,
            input,
        }
    }

    /// From the first step to the last one.
    ///
    /// # Errors
    /// [`Failed`] where the groups cannot be read, or neither brought capacity.
    pub(super) async fn run(
        &self,
        parameters: &Parameters,
        record: &mut Record,
    ) -> Result<(), Failed> {
        let discovery = Box::pin(self.discover(parameters, record)).await?;
        let choice = Box::pin(self.evaluate(&discovery, record)).await;
        let group = match choice {
            Choice::Nothing => {
                record.reach("NothingToDo");
                return Ok(());
            }
            Choice::Spot => &discovery.spot_group,
            Choice::OnDemand => &discovery.on_demand_group,
        };
        let mut attempt = Box::pin(self.try_group(&discovery, group, record)).await;
        if group.market == Market::Spot
            && discovery.on_demand_group.capacity.has_room()
            && let Attempt::NoCapacity {
                baseline_capacity, ..
            } = attempt
        {
            let stood_down = self.stand_down(&discovery, baseline_capacity, record);
            attempt = if Box::pin(stood_down).await {
                Attempt::Ended("CapacityArrived")
            } else {
                let on_demand = &discovery.on_demand_group;
                Box::pin(self.try_group(&discovery, on_demand, record)).await
            };
        }
        match attempt {
            Attempt::Ended(state) => {
                record.reach(state);
                Ok(())
            }
            Attempt::NoCapacity { failed, .. } => Err(failed),
        }
    }

    async fn discover(
        &self,
        parameters: &Parameters,
        record: &mut Record,
    ) -> Result<Discovery, Failed> {
        let variable = |name: &str| value_of(parameters, name);
        record
            .attempt("Discover", Patience::step(), async || {
                let input = DiscoverInput {
                    execution: self.execution.clone(),
                    input: self.input.clone(),
                };
                Box::pin(self.discover.run(input, variable)).await
            })
            .await
    }

    /// What is to be done; in doubt on-demand.
    async fn evaluate(&self, discovery: &Discovery, record: &mut Record) -> Choice {
        let evaluated = record
            .attempt("Evaluate", Patience::evaluation(), async || {
                let input = EvaluateInput {
                    execution: self.execution.clone(),
                    discovery: discovery.clone(),
                    window_end: None,
                };
                Box::pin(self.evaluate.run(input, Timestamp::now())).await
            })
            .await;
        match evaluated {
            Ok(evaluated) => evaluated.evaluation.verdict.choice,
            Err(failed) => {
                let in_doubt = discovery.if_evaluation_fails(self.execution.round);
                let evaluation = failed_evaluation(in_doubt, failed.name.as_str());
                record.amend(&evaluation);
                evaluation.verdict.choice
            }
        }
    }

    /// Scales a group up, and waits for what it asked for.
    async fn try_group(
        &self,
        discovery: &Discovery,
        group: &Group,
        record: &mut Record,
    ) -> Attempt {
        record.note_scaled(group);
        let scaled = match Box::pin(self.scale_up(discovery, group, record)).await {
            Ok(scaled) => scaled,
            Err(failed) => {
                return Attempt::NoCapacity {
                    baseline_capacity: baseline_after(failed.name, group.capacity),
                    failed,
                };
            }
        };
        let baseline_capacity = scaled.baseline_capacity;
        let failed = match scaled.outcome {
            ScaleOutcome::WouldScale => return Attempt::Ended("DryRunEnded"),
            ScaleOutcome::GroupFull | ScaleOutcome::NoEffect => no_capacity(scaled.sentence),
            _ => match Box::pin(self.wait(discovery, group, &scaled, record)).await {
                Ok(state) => return Attempt::Ended(state),
                Err(failed) => failed,
            },
        };
        Attempt::NoCapacity {
            baseline_capacity,
            failed,
        }
    }

    async fn scale_up(
        &self,
        discovery: &Discovery,
        group: &Group,
        record: &mut Record,
    ) -> Result<ScaleOutput, Failed> {
        let input = |first_attempt| ScaleInput {
            first_attempt,
            honor_cooldown: discovery.settings.honor_cooldown,
            ..self.scale_input(discovery, ScaleAction::ScaleUp, group)
        };
        let first = record
            .attempt("ScaleUp", Patience::first_scale_up(), async || {
                Box::pin(self.scale.run(input(true))).await
            })
            .await;
        match first {
            // Nobody knows whether the policy took effect.
            Err(failed) if failed.name == ErrorName::Transient => {
                record
                    .attempt("ScaleUpAgain", Patience::scale_up_again(), async || {
                        Box::pin(self.scale.run(input(false))).await
                    })
                    .await
            }
            first => first,
        }
    }

    /// Looks at the group again and again, and gives the state in which that ends well.
    async fn wait(
        &self,
        discovery: &Discovery,
        group: &Group,
        scaled: &ScaleOutput,
        record: &mut Record,
    ) -> Result<&'static str, Failed> {
        let settings = &discovery.settings;
        let timeout_seconds = match group.market {
            Market::Spot => settings.spot_capacity_timeout_seconds,
            Market::OnDemand => settings.on_demand_capacity_timeout_seconds,
        };
        let mut waited_seconds = 0;
        loop {
            sleep(Duration::from_secs(settings.verify_interval_seconds.into())).await;
            waited_seconds += settings.verify_interval_seconds;
            let seen = record
                .attempt("VerifyCapacity", Patience::step(), async || {
                    let input = VerifyInput {
                        execution: self.execution.clone(),
                        stack_name: discovery.stack_name.clone(),
                        group: group.clone(),
                        baseline_capacity: scaled.baseline_capacity,
                        target_capacity: scaled.target_capacity,
                        purpose: Purpose::ScaleUp,
                        decision: None,
                        waited_seconds,
                        timeout_seconds,
                    };
                    Box::pin(self.verify.run(input, Timestamp::now())).await
                })
                .await?;
            let has_time = waited_seconds < timeout_seconds;
            match after_check(seen.report.status, group.market, has_time) {
                Check::Ended(state) => return Ok(state),
                Check::Again => {}
                Check::GaveUp => {
                    let why = seen.report.last_failure.unwrap_or_default();
                    return Err(no_capacity(format!("{} {why}", seen.report.sentence)));
                }
            }
        }
    }

    /// Takes back what spot did not deliver, and tells whether it was delivered after all. On-demand
    /// does not wait because it could not be taken back.
    async fn stand_down(
        &self,
        discovery: &Discovery,
        baseline_capacity: i32,
        record: &mut Record,
    ) -> bool {
        let stood_down = record
            .attempt("StandDownSpot", Patience::stand_down(), async || {
                let group = &discovery.spot_group;
                let input = ScaleInput {
                    baseline_capacity: Some(baseline_capacity),
                    ..self.scale_input(discovery, ScaleAction::StandDown, group)
                };
                Box::pin(self.scale.run(input)).await
            })
            .await;
        stood_down.is_ok_and(|done| done.outcome == ScaleOutcome::CapacityArrived)
    }

    fn scale_input(&self, discovery: &Discovery, action: ScaleAction, group: &Group) -> ScaleInput {
        ScaleInput {
            execution: self.execution.clone(),
            stack_name: discovery.stack_name.clone(),
            purpose: Purpose::ScaleUp,
            action,
            group: group.clone(),
            honor_cooldown: false,
            dry_run: discovery.settings.dry_run,
            first_attempt: false,
            baseline_capacity: None,
            decision: None,
            instance_id: None,
        }
    }
}
