//! The steps of an execution, each with its time and what it did.

use console::style;
use jiff::Timestamp;
use serde::Deserialize;
use serde_json::Value;
use spotmanager_aws::execution_history::{ExecutionHistory, Step, StepFailure};
use spotmanager_domain::{Discovery, Group, ScaleOutput, VerifyOutput, verdict::Verdict};

use crate::outcome;

/// A row per step that did something, and per attempt that failed: time, state, what happened.
/// Attempts that failed alike share a row.
pub(crate) fn rows(history: &ExecutionHistory) -> Vec<[String; 3]> {
    let is_same = |a: &StepFailure, b: &StepFailure| (&a.error, &a.cause) == (&b.error, &b.cause);
    told(history, is_same, |_| true)
}

/// The same while the execution runs: what is told once stays as it is, and more follows.
pub(crate) fn rows_so_far(history: &ExecutionHistory) -> Vec<[String; 3]> {
    let has_ended = history.status != "RUNNING";
    told(
        history,
        |_, _| false,
        |step| has_ended || step.exited_at.is_some(),
    )
}

fn told(
    history: &ExecutionHistory,
    is_same: impl Fn(&StepFailure, &StepFailure) -> bool,
    is_done: impl Fn(&Step) -> bool,
) -> Vec<[String; 3]> {
    let names = group_names(history);
    let rounds = outcome::rounds(history).into_iter();
    let mut rounds = rounds.map(|round| round.is_one_of_many().then_some(round.number));
    let mut rows = Vec::new();
    for (i, step) in history.steps.iter().enumerate() {
        let since_start = |at| seconds(history.started_at, at);
        for alike in step.failures.chunk_by(&is_same) {
            let [failure, ..] = alike else {
                continue;
            };
            let times = match alike.len() {
                1 => String::new(),
                times => format!(" ({times} times)"),
            };
            let text = format!("{}: {}{times}", failure.error, message(&failure.cause));
            rows.push([
                since_start(failure.at),
                step.state.clone(),
                style(text).yellow().to_string(),
            ]);
        }
        let round = match step.state.as_str() {
            "Evaluate" => rounds.next().flatten(),
            _ => None,
        };
        let leads_on = goes_on_after(history, i);
        if let Some(happened) = happened(step).filter(|_| is_done(step) && !leads_on) {
            let happened = match round {
                Some(number) => format!("round {number}: {happened}"),
                None => happened,
            };
            let at = since_start(step.exited_at.unwrap_or(step.entered_at));
            rows.push([at, step.state.clone(), with_logical_ids(happened, &names)]);
        }
    }
    rows
}

/// Whether this is a notice of a stand-down that failed: the execution goes on.
fn goes_on_after(history: &ExecutionHistory, index: usize) -> bool {
    let before = history.steps.iter().take(index).rev();
    let mut before = before.skip_while(|step| step.state == "NextStep");
    let is_notice = history.steps.get(index).map(|step| step.state == "Notify");
    is_notice == Some(true)
        && before
            .next()
            .is_some_and(|step| step.state == "StandDownSpot")
}

/// Each group's physical name with its logical id, which is shorter and says more.
fn group_names(history: &ExecutionHistory) -> Vec<(String, String)> {
    let discovery = history
        .output_of("Discover")
        .and_then(|output| Discovery::deserialize(output).ok());
    discovery
        .into_iter()
        .flat_map(|found| [found.spot_group, found.on_demand_group])
        .map(|group| (group.auto_scaling_group_name, group.logical_id))
        .collect()
}

fn with_logical_ids(text: String, names: &[(String, String)]) -> String {
    names.iter().fold(text, |text, (name, logical_id)| {
        text.replace(name, logical_id)
    })
}

/// What a step did, in a few words; `None` where it only leads from one to the next.
pub(crate) fn happened(step: &Step) -> Option<String> {
    let output = &step.output;
    match step.state.as_str() {
        "Discover" => Discovery::deserialize(output).ok().map(|found| {
            let (spot, on_demand) = (&found.spot_group, &found.on_demand_group);
            let leader = found.leader.map(|leader| leader.execution_name);
            let leads = leader.map(|name| format!("; {name} leads"));
            format!(
                "spot {}, on-demand {}{}",
                size(spot),
                size(on_demand),
                leads.unwrap_or_default()
            )
        }),
        "Evaluate" => {
            let verdict = Verdict::deserialize(output.get("verdict")?).ok()?;
            Some(verdict.reason.to_string())
        }
        "DetachInstance" | "ScaleDownOnDemand" | "ScaleUp" | "ScaleUpAgain" | "StandDownSpot" => {
            ScaleOutput::deserialize(output)
                .ok()
                .map(|done| done.sentence)
        }
        // Without a report there was nothing to look at, or the scale-up is tried again.
        "VerifyCapacity" => VerifyOutput::deserialize(output)
            .ok()?
            .report
            .map(|report| {
                let failure = report.last_failure.map(|text| format!(" {text}"));
                format!("{}{}", report.sentence, failure.unwrap_or_default())
            }),
        // Where the story ends. The previous release wrote NotifyFailure.
        "CapacityArrived" | "ContinuedAsNew" | "DryRunEnded" | "NoLongerNeeded" | "NothingToDo"
        | "Notify" | "NotifyFailure" | "ReturnedToSpot" | "RoundsEnded" | "StayedOnDemand" => {
            Some(String::new())
        }
        // The rest only leads from one to the next.
        _ => None,
    }
}

fn size(group: &Group) -> String {
    let capacity = group.capacity;
    format!(
        "{} {} of {}",
        group.logical_id, capacity.desired_capacity, capacity.max_size
    )
}

/// The time between two moments, seconds.
pub(crate) fn seconds(from: Timestamp, to: Timestamp) -> String {
    let between = to.duration_since(from);
    format!("{:.1} s", between.as_secs_f64())
}

/// A function's error comes as JSON, the machine's own as text.
pub(crate) fn message(cause: &str) -> String {
    serde_json::from_str::<Value>(cause)
        .ok()
        .and_then(|cause| Some(cause.get("errorMessage")?.as_str()?.to_owned()))
        .unwrap_or_else(|| cause.to_owned())
}
