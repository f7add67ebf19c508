//! Plays an execution by the flow in Rust, which answers for the functions.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};
use serde_json::json;
use spotmanager_domain::{
    Caught, Discovery,
    flow::{Failure, Sender, Step},
};

use crate::{
    definition::TOPIC,
    errors,
    execution::Execution,
    play::Play,
    reports,
    samples::{self, MACHINE_ARN, STARTED_AT},
};

/// Where an execution stands.
pub(crate) struct Player<'a> {
    pub(crate) execution: &'a Execution,
    pub(crate) play: Play,
    pub(crate) now: Timestamp,
    pub(crate) discovery: Discovery,
    /// What failed last.
    pub(crate) failure: Caught,
    /// The visit of each task, from 0 on.
    pub(crate) visits: BTreeMap<&'static str, usize>,
    /// How often *scale* and *verify* have answered.
    pub(crate) scales: usize,
    pub(crate) checks: usize,
}

/// What `execution` is to go through.
pub(crate) fn play(execution: &Execution) -> Play {
    let mut player = Player {
        execution,
        play: Play::default(),
        now: STARTED_AT.parse().unwrap(),
        discovery: samples::found(|_| ()),
        failure: Caught::default(),
        visits: BTreeMap::new(),
        scales: 0,
        checks: 0,
    };
    let input = serde_json::from_value(execution.input.clone()).ok();
    let mut next = Some(player.discover(input.as_ref()));
    while let Some(step) = next {
        if !matches!(step, Step::Evaluate { .. }) {
            player.play.states.push("NextStep");
        }
        next = player.take(&step);
    }
    player.play
}

impl Player<'_> {
    /// What comes after `step`; `None` after the last.
    fn take(&mut self, step: &Step) -> Option<Step> {
        Some(match step {
            Step::Discover { input } => self.discover(Some(input)),
            Step::Evaluate { if_fails } => self.evaluate(if_fails),
            Step::Report {
                events,
                failed_in,
                then,
            } => {
                let entries = match failed_in {
                    // What a function would send itself, which EventBridge did not take.
                    None => json!(self.sender().entries(events).unwrap()),
                    Some(state) => {
                        let failure = self.failed_in(state);
                        let stack_name = self.execution.input.get("stack_name");
                        reports::entries(events, stack_name, &failure)
                    }
                };
                self.call("Report", json!({"Entries": entries}), |_| json!({}))
                    .ok();
                *then.clone()
            }
            Step::Notify {
                failed_in,
                subject,
                consequence,
                page,
                then,
            } => {
                let failure = self.failed_in(failed_in);
                let message = json!({
                    "TopicArn": TOPIC,
                    "Subject": reports::subject(subject, &failure),
                    "Message": reports::message(consequence, page, &failure),
                });
                self.call("Notify", message, |_| json!({})).ok();
                *then.clone()
            }
            Step::DetachInstance { if_fails, .. } => self
                .scale(step, None, Caught::default())
                .unwrap_or_else(|error| self.fail(error, if_fails)),
            Step::ScaleDownOnDemand {
                if_fails,
                if_unclear,
                ..
            } => match self.scale(step, None, Caught::default()) {
                Ok(step) => step,
                Err(error) if errors::are_unclear(&error.error) => self.fail(error, if_unclear),
                Err(error) => self.fail(error, if_fails),
            },
            Step::StandDownSpot { if_fails, .. } => {
                let context = self.context("StandDownSpot");
                self.scale(step, Some(Box::new(context)), self.failure.clone())
                    .unwrap_or_else(|error| self.fail(error, if_fails))
            }
            Step::ScaleUp {
                if_fails,
                if_unclear,
                ..
            } => {
                let context = self.context("ScaleUp");
                match self.scale(step, Some(Box::new(context)), Caught::default()) {
                    Ok(step) => self.take(&step)?,
                    Err(error) if errors::are_unclear(&error.error) => self.fail(error, if_unclear),
                    Err(error) => self.fail(error, if_fails),
                }
            }
            Step::WaitForCapacity {
                seconds,
                progress,
                if_fails,
            } => {
                self.play.states.push("WaitForCapacity");
                self.now += SignedDuration::from_secs((*seconds).into());
                self.verify(step, progress, if_fails)
            }
            Step::ContinueAsNew {
                name,
                input,
                if_fails,
            } => {
                let start = json!({"StateMachineArn": MACHINE_ARN, "Name": name, "Input": input});
                match self.call("ContinueAsNew", start, |_| json!({})) {
                    Err(error) if !errors::EXISTS.contains(&error.error.as_str()) => {
                        self.fail(error, if_fails)
                    }
                    _ => {
                        self.play.states.push("ContinuedAsNew");
                        return None;
                    }
                }
            }
            last => {
                self.play.states.push(last.state());
                if *last == Step::CapacityArrived {
                    self.play.output = Some(json!({"ended": "CapacityArrived"}));
                }
                if *last == Step::Failed {
                    let Caught { error, cause } = self.failure.clone();
                    self.play.failure = Some((error, cause));
                }
                return None;
            }
        })
    }

    /// Whose events the functions send.
    pub(crate) fn sender(&self) -> Sender {
        Sender::of(&self.discovery).unwrap()
    }

    fn failed_in(&self, state: &str) -> Failure {
        self.failure.in_state(state).unwrap()
    }

    /// Goes on with `step` after this error.
    pub(crate) fn fail(&mut self, error: Caught, step: &Step) -> Step {
        self.failure = error;
        step.clone()
    }
}
