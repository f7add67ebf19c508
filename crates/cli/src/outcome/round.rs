//! A round of an execution: the steps from a discovery to the next, and what they say.

use rust_decimal::Decimal;
use serde::{Deserialize, de::DeserializeOwned};
use serde_json::Value;
use spotmanager_aws::execution_history::{ExecutionHistory, Step};
use spotmanager_domain::{
    Discovery, Market, ScaleOutcome, ScaleOutput, VerifyOutput,
    capacity::CapacityStatus,
    verdict::{Choice, Verdict},
};

use super::Serving;
use crate::steps;

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
    fn last<T: DeserializeOwned>(&self, states: &[&str]) -> Option<T> {
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
        self.last(&["ScaleUp", "ScaleUpAgain"])
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

    /// What standing spot down found in service after all.
    pub(super) fn kept(&self) -> Option<ScaleOutput> {
        let stood_down: ScaleOutput = self.last(&["StandDownSpot"])?;
        (stood_down.outcome == ScaleOutcome::CapacityArrived).then_some(stood_down)
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
        let reports = ["NotifyFailure", "TellFailure", "NotifyStandDownFailed"];
        let steps = self.steps.iter().rev();
        let mut steps = steps.filter(|step| !reports.contains(&step.state.as_str()));
        let error = self.history.error.as_deref();
        let failed = steps.clone().find(|step| {
            let last = step.failures.last();
            last.is_some_and(|failure| Some(failure.error.as_str()) == error)
        });
        let failed = failed.or_else(|| {
            let ends = ["ScaleUp", "ScaleUpAgain", "VerifyCapacity"];
            steps.find(|step| ends.contains(&step.state.as_str()))
        });
        failed.map(|step| step.state.as_str())
    }

    /// The group whose capacity arrived.
    pub(super) fn arrived(&self) -> Option<(Market, Serving)> {
        let (market, name, capacity) = match self.seen() {
            Some(seen) if seen.report.status == CapacityStatus::Arrived => {
                (seen.market, seen.auto_scaling_group_name, seen.capacity)
            }
            _ => {
                let kept = self.kept()?;
                (
                    kept.market,
                    kept.auto_scaling_group_name,
                    kept.capacity_before,
                )
            }
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
            let detach = |step: &Step| step.state == "DetachInstance" && step.output.is_null();
            Some(self.steps.iter().position(detach)? + 1)
        })?;
        let before = self.steps.get(..end)?.iter().rev();
        before.into_iter().find_map(reason_of)
    }

    /// What the decision expected spot to save.
    pub(super) fn promised(&self) -> Option<Decimal> {
        serde_json::from_value(self.evaluated()?.get("saving_usd_per_hour")?.clone()).ok()
    }
}

/// What a step says of why no capacity came.
fn reason_of(step: &Step) -> Option<String> {
    let capacity = [
        "ScaleUp",
        "ScaleUpAgain",
        "VerifyCapacity",
        "DetachInstance",
    ];
    if !capacity.contains(&step.state.as_str()) {
        return None;
    }
    let failure = step.failures.last();
    let failed = failure.map(|failure| {
        let cause = steps::message(&failure.cause);
        format!("{} in {}: {cause}", failure.error, step.state)
    });
    // Auto Scaling's own words are in the step's row.
    let seen = VerifyOutput::deserialize(&step.output).ok();
    let seen = seen.map(|seen| seen.report.sentence);
    seen.or_else(|| steps::happened(step)).or(failed)
}
