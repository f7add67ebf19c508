//! A round of an execution: the steps from a discovery to the next, and what they say.

use rust_decimal::Decimal;
use serde::{Deserialize, de::DeserializeOwned};
use serde_json::Value;
use spotmanager_aws::execution_history::{ExecutionHistory, Step};
use spotmanager_domain::{
    Discovery, Market, ScaleOutcome, ScaleOutput, VerifyOutput,
    capacity::CapacityStatus,
    flow,
    verdict::{Choice, Verdict},
};

use super::{Serving, reported::reported_in};
use crate::steps;

/// The states that scale a group up. The previous release tried again in one of its own.
const SCALE_UP: [&str; 2] = ["ScaleUp", "ScaleUpAgain"];
/// The states that say that something failed.
const REPORTS: [&str; 5] = [
    "Notify",
    "NotifyFailure",
    "NotifyStandDownFailed",
    "Report",
    "TellFailure",
];

/// The steps of one round.
#[derive(Debug)]
pub(crate) struct Round<'a> {
    pub(crate) history: &'a ExecutionHistory,
    pub(crate) number: u64,
    pub(crate) steps: &'a [Step],
    pub(super) is_last: bool,
}

/// The rounds of an execution, in their order.
pub(crate) fn rounds(history: &ExecutionHistory) -> Vec<Round<'_>> {
    let given = history
        .input
        .pointer("/round/number")
        .and_then(Value::as_u64);
    let mut starts = vec![0];
    let mut has_evaluated = false;
    for (i, step) in history.steps.iter().enumerate() {
        // A redrive visits the state again that failed.
        let is_evaluation = step.state == "Evaluate";
        if has_evaluated && (is_evaluation || step.state == "Discover") {
            starts.push(i);
            has_evaluated = false;
        }
        has_evaluated |= is_evaluation;
    }
    let ends: Vec<_> = starts
        .iter()
        .skip(1)
        .copied()
        .chain([history.steps.len()])
        .collect();
    let count = starts.len();
    let spans = starts.into_iter().zip(ends).enumerate();
    let steps = spans.filter_map(|(i, (start, end))| Some((i, history.steps.get(start..end)?)));
    (given.unwrap_or(1)..)
        .zip(steps)
        .map(|(number, (i, steps))| Round {
            history,
            number,
            steps,
            is_last: i + 1 == count,
        })
        .collect()
}

impl Round<'_> {
    /// The last output of one of these states, read.
    pub(super) fn last<T: DeserializeOwned>(&self, states: &[&str]) -> Option<T> {
        let visits = self.steps.iter().rev();
        let mut visits = visits.filter(|step| states.contains(&step.state.as_str()));
        visits.find_map(|step| T::deserialize(&step.output).ok())
    }

    /// What the evaluation gave out, or what stands for it if it failed.
    pub(crate) fn evaluated(&self) -> Option<&Value> {
        let visits = self.steps.iter().rev();
        let evaluation = visits.into_iter().find(|step| step.state == "Evaluate")?;
        Some(&evaluation.output)
    }

    /// Whether its number says something: there are several rounds, or it continues another
    /// execution's.
    pub(crate) fn is_one_of_many(&self) -> bool {
        self.number > 1 || !self.is_last
    }

    pub(super) fn visited(&self, state: &str) -> bool {
        self.steps.iter().any(|step| step.state == state)
    }

    pub(super) fn found(&self) -> Option<Discovery> {
        self.last(&["Discover"])
    }

    pub(super) fn verdict(&self) -> Option<Verdict> {
        Verdict::deserialize(self.evaluated()?.get("verdict")?).ok()
    }

    pub(super) fn scaled(&self) -> Option<ScaleOutput> {
        self.last(&SCALE_UP)
    }

    /// Whether the last scale-up found that there was nothing to ask for.
    pub(super) fn asked_nothing(&self) -> bool {
        let mut visits = self.steps.iter().rev();
        let last = visits.find(|step| SCALE_UP.contains(&step.state.as_str()));
        let scaled = last.and_then(|step| ScaleOutput::deserialize(&step.output).ok());
        let nothing = [
            ScaleOutcome::GroupFull,
            ScaleOutcome::NoEffect,
            ScaleOutcome::NothingLaunched,
        ];
        scaled.is_some_and(|scaled| nothing.contains(&scaled.outcome))
    }

    /// The logical id of the group with this name, or the name itself.
    pub(super) fn logical_id(&self, auto_scaling_group_name: String) -> String {
        let groups = self
            .found()
            .map(|found| [found.spot_group, found.on_demand_group]);
        let mut groups = groups.into_iter().flatten();
        let group = groups.find(|group| group.auto_scaling_group_name == auto_scaling_group_name);
        group.map_or(auto_scaling_group_name, |group| group.logical_id)
    }

    pub(super) fn seen(&self) -> Option<VerifyOutput> {
        self.last(&["VerifyCapacity"])
    }

    /// Whether a check found this last.
    pub(super) fn saw(&self, status: CapacityStatus) -> bool {
        let report = self.seen().and_then(|seen| seen.report);
        report.is_some_and(|report| report.status == status)
    }

    /// Whether spot could not be stood down, which did not end the execution.
    pub(super) fn is_stuck(&self) -> bool {
        let is_stand_down = |step: &Step| step.state == "StandDownSpot";
        let Some((last, before)) = self.steps.split_last() else {
            return false;
        };
        let stood_down = before.iter().rev().find(|step| is_stand_down(step));
        !is_stand_down(last) && stood_down.is_some_and(has_failed)
    }

    /// What standing spot down found in service after all.
    pub(super) fn kept(&self) -> Option<ScaleOutput> {
        let stood_down: ScaleOutput = self.last(&["StandDownSpot"])?;
        let serves = || reported_in(stood_down.step.as_ref()?)?.served_by;
        let is_kept = stood_down.outcome == ScaleOutcome::CapacityArrived
            || serves() == Some(flow::ServedBy::Spot);
        is_kept.then_some(stood_down)
    }

    /// The execution that goes on with the next round.
    pub(super) fn goes_on_in(&self) -> Option<String> {
        let started: Value = self.last(&["ContinueAsNew"])?;
        let arn = started.get("ExecutionArn")?.as_str()?;
        Some(arn.rsplit(':').next().unwrap_or(arn).to_owned())
    }

    /// The state that the execution is in, or ended in.
    pub(super) fn state(&self) -> &str {
        self.steps.last().map_or("Discover", |step| &step.state)
    }

    /// The state that an error ended the execution in.
    pub(super) fn failed_state(&self) -> Option<&str> {
        let steps = self.steps.iter().rev();
        let mut steps = steps.filter(|step| !REPORTS.contains(&step.state.as_str()));
        let error = self.history.error.as_deref();
        let failed = steps.clone().find(|step| {
            let last = step.failures.last();
            last.is_some_and(|failure| Some(failure.error.as_str()) == error)
        });
        let failed = failed.or_else(|| {
            // There was nothing to check if nothing was asked for.
            let checked = (!self.asked_nothing()).then_some("VerifyCapacity");
            let ends = SCALE_UP.into_iter().chain(checked);
            steps.find(|step| ends.clone().any(|end| step.state == end))
        });
        failed.map(|step| step.state.as_str())
    }

    /// The group whose capacity arrived.
    pub(super) fn arrived(&self) -> Option<(Market, Serving)> {
        let (market, name, capacity) = if self.saw(CapacityStatus::Arrived) {
            let seen = self.seen()?;
            if seen.market == Market::OnDemand
                && let Some(spot) = self.with_on_demand()
            {
                return Some((Market::Spot, spot));
            }
            (seen.market, seen.auto_scaling_group_name, seen.capacity?)
        } else {
            let kept = self.kept()?;
            (
                kept.market,
                kept.auto_scaling_group_name,
                kept.capacity_before,
            )
        };
        let serving = Serving {
            group: self.logical_id(name),
            in_service: capacity.in_service,
            desired_capacity: capacity.desired_capacity,
        };
        Some((market, serving))
    }

    /// Why spot was chosen and does not serve.
    pub(super) fn why_no_spot(&self) -> Option<String> {
        if self.verdict()?.choice != Choice::Spot {
            return None;
        }
        let gave_up = self
            .steps
            .iter()
            .position(|step| step.state == "StandDownSpot");
        let end = gave_up.or_else(|| {
            let detach = |step: &Step| step.state == "DetachInstance" && has_failed(step);
            let is_last = |step: &Step| detach(step) || launched_no_spot(step);
            Some(self.steps.iter().position(is_last)? + 1)
        })?;
        let before = self.steps.get(..end)?.iter().rev();
        before.into_iter().find_map(reason_of)
    }

    /// What the decision expected spot to save.
    pub(super) fn promised(&self) -> Option<Decimal> {
        serde_json::from_value(self.evaluated()?.get("saving_usd_per_hour")?.clone()).ok()
    }
}

/// Whether *scale* launched at once, and nothing of spot although it was asked.
fn launched_no_spot(step: &Step) -> bool {
    let Ok(scaled) = ScaleOutput::deserialize(&step.output) else {
        return false;
    };
    let mut launched = scaled.launched.iter();
    launched.any(|group| group.market == Market::Spot && group.asked == 0)
}

/// Whether a step of *scale* failed: a Catch puts out the error.
fn has_failed(step: &Step) -> bool {
    ScaleOutput::deserialize(&step.output).is_err()
}

/// What a step says of why no capacity came.
fn reason_of(step: &Step) -> Option<String> {
    let state = step.state.as_str();
    if !SCALE_UP.contains(&state) && !["VerifyCapacity", "DetachInstance"].contains(&state) {
        return None;
    }
    // Auto Scaling's own words are in the step's row.
    if let Ok(seen) = VerifyOutput::deserialize(&step.output) {
        return seen.report.map(|report| report.sentence);
    }
    let failure = step.failures.last();
    let failed = failure.map(|failure| {
        let cause = steps::message(&failure.cause);
        format!("{} in {}: {cause}", failure.error, step.state)
    });
    steps::happened(step).or(failed)
}
