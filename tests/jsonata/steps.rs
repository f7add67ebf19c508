//! The states that an execution goes through, each task with its answer.

use serde::Serialize;
use serde_json::{Value, json};
use spotmanager_domain::{Discovery, Group, ScaleOutcome, capacity::CapacityStatus};

use crate::samples;

/// A state; a task with its answer.
#[derive(Clone)]
pub(crate) struct Step {
    pub(crate) state: &'static str,
    pub(crate) answer: Option<Value>,
}

pub(crate) type Steps = Vec<Step>;

/// States that call nothing.
pub(crate) fn at(states: &'static str) -> Steps {
    let step = |state| Step {
        state,
        answer: None,
    };
    states.split_whitespace().map(step).collect()
}

fn task(state: &'static str, mut answer: Value) -> Steps {
    answer["state"] = state.into();
    answer["takes_milliseconds"] = 0.into();
    vec![Step {
        state,
        answer: Some(answer),
    }]
}

/// A task with its result: a function's payload, or what another integration returns in addition to
/// its usual fields.
pub(crate) fn done(state: &'static str, output: impl Serialize) -> Steps {
    task(
        state,
        json!({"output": serde_json::to_value(output).unwrap()}),
    )
}

/// A notification that went out.
pub(crate) fn notified(state: &'static str) -> Steps {
    done(state, json!({}))
}

/// A task that failed after its retries.
pub(crate) fn failed(state: &'static str, error: &str, cause: Option<&str>) -> Steps {
    task(state, json!({"error": error, "cause": cause}))
}

/// With the first wait of 15 seconds, the time after which an execution begins no further round
/// itself, milliseconds.
pub(crate) const THREE_HOURS: u32 = 10_785_000;
pub(crate) const MORE_THAN_THREE_HOURS: u32 = THREE_HOURS + 1;

/// The same steps, in which the last task took this long.
pub(crate) fn took(milliseconds: u32, mut steps: Steps) -> Steps {
    let last = steps.iter_mut().rev().find_map(|step| step.answer.as_mut());
    last.unwrap()["takes_milliseconds"] = milliseconds.into();
    steps
}

/// To the choice of the group, in this round, if the spot price averages `usd`.
pub(crate) fn decided(discovery: &Discovery, round: u32, usd: &str) -> Steps {
    [
        done("Discover", discovery),
        done("Evaluate", samples::evaluated(discovery, round, usd)),
        notified("TellDecision"),
        at("ChooseGroup"),
    ]
    .concat()
}

pub(crate) fn scale_up(group: &Group, outcome: ScaleOutcome) -> Steps {
    let scaled = done("ScaleUp", samples::scale(group, outcome));
    [scaled, at("LookForCapacity")].concat()
}

pub(crate) fn scaled(group: &Group) -> Steps {
    scale_up(group, ScaleOutcome::Scaled)
}

/// A wait, and a check of the group.
pub(crate) fn looked(group: &Group, status: CapacityStatus) -> Steps {
    [
        at("WaitForCapacity"),
        done("VerifyCapacity", samples::verify(group, status)),
        at("CheckCapacity"),
    ]
    .concat()
}

/// The end of a round: its outcome is reported, and these states follow.
pub(crate) fn ends(states: &'static str) -> Steps {
    [notified("TellOutcome"), at("LookForMore"), at(states)].concat()
}

/// The capacity is there at the first check.
pub(crate) fn arrives(group: &Group) -> Steps {
    let arrived = looked(group, CapacityStatus::Arrived);
    [arrived, ends("CapacityArrived")].concat()
}

/// A scale-up that would have been made.
pub(crate) fn pretended(group: &Group) -> Steps {
    let scaled = scale_up(group, ScaleOutcome::WouldScale);
    [scaled, ends("DryRunEnded")].concat()
}

/// From giving up on spot to what standing it down led to.
pub(crate) fn stood_down(group: &Group, outcome: ScaleOutcome) -> Steps {
    [
        at("GiveUpOnGroup"),
        done("StandDownSpot", samples::scale(group, outcome)),
        at("CheckStandDown"),
    ]
    .concat()
}

/// Spot gives way to on-demand.
pub(crate) fn fell_back() -> Steps {
    [notified("TellFallback"), at("ChooseOnDemand")].concat()
}

/// The end of an execution that fails.
pub(crate) fn reported() -> Steps {
    [
        notified("NotifyFailure"),
        notified("TellFailure"),
        at("Failed"),
    ]
    .concat()
}
