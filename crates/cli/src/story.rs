//! An execution, told.

use std::fmt;

use comfy_table::{ContentArrangement, Table, presets};
use console::style;
use serde::Deserialize;
use spotmanager_aws::execution_history::ExecutionHistory;
use spotmanager_contract::EvaluateOutput;
use spotmanager_decision::verdict::{Choice, Verdict};

use crate::{prices, steps};

/// An execution as a person would want to read it: what it did and when, the prices against the
/// limit, the decision and its reason.
#[derive(Debug)]
pub struct Story<'a> {
    history: &'a ExecutionHistory,
}

/// What *evaluate* gave out, or what stands for it where it failed.
#[derive(Deserialize)]
struct Decided {
    verdict: Verdict,
}

impl<'a> Story<'a> {
    /// The story of `history`.
    #[must_use]
    pub fn of(history: &'a ExecutionHistory) -> Self {
        Self { history }
    }

    fn ending(&self) -> String {
        let history = self.history;
        let status = match history.status.as_str() {
            status @ ("SUCCEEDED" | "RUNNING") => style(status).green(),
            status => style(status).red(),
        };
        let took = history
            .stopped_at
            .map(|at| format!(" after {}", steps::seconds(history.started_at, at)))
            .unwrap_or_default();
        format!("{}{took}", status.bold())
    }
}

impl fmt::Display for Story<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let history = self.history;
        let name = history.arn.rsplit(':').next().unwrap_or_default();
        writeln!(f, "execution {name}: {}", self.ending())?;
        let mut table = table(&["at", "state", "what happened"]);
        table.add_rows(steps::rows(history));
        writeln!(f, "{}", table.trim_fmt())?;
        let output = history.output_of("Evaluate");
        if let Some(evaluated) = output
            .and_then(|output| EvaluateOutput::deserialize(output).ok())
            .filter(prices::were_asked_for)
        {
            writeln!(f, "{}", prices::table(&evaluated).trim_fmt())?;
        }
        if let Some(Decided { verdict }) =
            output.and_then(|output| Decided::deserialize(output).ok())
        {
            let choice = match verdict.choice {
                Choice::Spot => "spot",
                Choice::OnDemand => "on-demand",
                Choice::Nothing => "nothing to do",
            };
            let (choice, reason) = (style(choice).bold(), style(verdict.reason).cyan());
            writeln!(f, "decision: {choice}, {reason}. {}", verdict.sentence)?;
        }
        if let Some(error) = &history.error {
            let cause = history.cause.as_deref().unwrap_or_default();
            writeln!(f, "{} {}", style(error).red().bold(), steps::message(cause))?;
        }
        Ok(())
    }
}

/// A table without borders, a little to the right of the text around it.
pub(crate) fn table(headers: &[&str]) -> Table {
    let mut table = Table::new();
    table
        .load_style(presets::NOTHING)
        .set_content_arrangement(ContentArrangement::Dynamic)
        .set_header(headers.iter().map(|header| style(header).dim().to_string()));
    if let Some(first) = table.column_mut(0) {
        first.set_padding((4, 1));
    }
    table
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};
    use spotmanager_aws::execution_history::{Step, StepFailure};

    fn step(state: &str, second: i64, output: Value) -> Step {
        Step {
            state: state.into(),
            entered_at: jiff::Timestamp::from_second(second).unwrap(),
            exited_at: None,
            failures: Vec::new(),
            output,
        }
    }

    fn history(steps: Vec<Step>) -> ExecutionHistory {
        ExecutionHistory {
            arn: "arn:aws:states:eu-west-1:111122223333:execution:spotmanager:jobs-1".into(),
            status: "SUCCEEDED".into(),
            error: None,
            cause: None,
            input: json!({"stack_name": "render-farm"}),
            started_at: jiff::Timestamp::from_second(0).unwrap(),
            stopped_at: jiff::Timestamp::from_second(62).ok(),
            steps,
        }
    }

    #[test]
    fn prices_decision_and_steps_are_told() {
        let evaluated = json!({
            "verdict": {
                "choice": "spot", "reason": "SPOT_WITHIN_LIMIT",
                "sentence": "g4dn.xlarge in eu-west-1a averaged 0.2 USD per hour, within the limit."
            },
            "limit": {"maximum_price_usd": "0.5", "safety_margin_percent": "15", "limit_usd": "0.425"},
            "cheapest": null,
            "pools": [
                {"instance_type": "g4dn.xlarge", "availability_zone": "eu-west-1a", "average_usd": "0.2",
                 "latest_usd": "0.21", "sample_count": 2, "covered_seconds": 3600},
                {"instance_type": "g4dn.xlarge", "availability_zone": "eu-west-1b", "average_usd": null,
                 "latest_usd": null, "sample_count": 0, "covered_seconds": 0},
            ],
            "window": {"start": "2026-01-01T00:00:00Z", "end": "2026-01-01T01:00:00Z"},
            "product_description": "Linux/UNIX",
            "rejected_samples": 0
        });
        let history = history(vec![
            step("Evaluate", 1, evaluated),
            step("ChooseGroup", 2, Value::Null),
            step("CapacityArrived", 62, Value::Null),
        ]);
        let told = Story::of(&history).to_string();
        for part in [
            "jobs-1: SUCCEEDED after 62.0 s",
            "eu-west-1a",
            "53 % below",
            "no price",
            "spot, SPOT_WITHIN_LIMIT. g4dn.xlarge in eu-west-1a",
            "CapacityArrived",
        ] {
            assert!(told.contains(part), "{part} in {told}");
        }
        assert!(!told.contains("ChooseGroup"), "{told}");
    }

    #[test]
    fn a_failed_evaluation_and_a_failed_execution_are_told() {
        let mut evaluate = step(
            "Evaluate",
            1,
            json!({"verdict": {"choice": "on_demand", "reason": "EVALUATION_FAILED", "sentence": "In doubt on-demand."}}),
        );
        let failure = StepFailure {
            at: evaluate.entered_at,
            error: "SpotManager.Throttled".into(),
            cause: r#"{"errorMessage":"slow down","errorType":"SpotManager.Throttled"}"#.into(),
        };
        evaluate.failures = vec![failure.clone(), failure];
        let failed = ExecutionHistory {
            status: "FAILED".into(),
            error: Some("SpotManager.NoCapacity".into()),
            cause: Some("A launch failed everywhere.".into()),
            ..history(vec![evaluate])
        };
        let told = Story::of(&failed).to_string();
        for part in [
            "FAILED",
            "SpotManager.Throttled: slow down (2 times)",
            "on-demand, EVALUATION_FAILED. In doubt on-demand.",
            "SpotManager.NoCapacity A launch failed everywhere.",
        ] {
            assert!(told.contains(part), "{part} in {told}");
        }
    }
}
