//! An execution, told.

use std::fmt;

use comfy_table::{ContentArrangement, Table, presets};
use console::style;
use spotmanager_aws::execution_history::ExecutionHistory;

use crate::{decision, occasion, rounds, steps};

/// An execution as a person would want to read it: why it was started, what it did and
/// when, and of every round the prices against the limit, the decision and its reason.
#[derive(Debug)]
pub struct Story<'a> {
    history: &'a ExecutionHistory,
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
        if let Some(occasion) = occasion::sentence(history) {
            writeln!(f, "{occasion}")?;
        }
        let mut table = table(&["at", "state", "what happened"]);
        table.add_rows(steps::rows(history));
        writeln!(f, "{}", table.trim_fmt())?;
        for (round, step) in rounds::evaluations(history) {
            decision::write(f, round, &step.output)?;
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

    fn evaluated() -> Value {
        json!({
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
        })
    }

    #[test]
    fn prices_decision_and_steps_are_told() {
        let history = history(vec![
            step("Evaluate", 1, evaluated()),
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
        for part in ["ChooseGroup", "score", "on-demand", "round", "backlog"] {
            assert!(!told.contains(part), "{part} in {told}");
        }
    }

    #[test]
    fn scores_on_demand_prices_and_what_is_left_out_are_told_where_they_are_known() {
        let mut evaluated = evaluated();
        evaluated["saving_usd_per_hour"] = json!("0.326");
        let pool = &mut evaluated["pools"][1];
        pool["placement_score"] = json!(2);
        pool["on_demand"] = json!({"usd": "0.526", "source": "price_list"});
        pool["left_out"] = json!("placement_score_too_low");
        let told = Story::of(&history(vec![step("Evaluate", 1, evaluated)])).to_string();
        for part in [
            "score",
            "0.5260",
            "left out: its placement score is too low",
            "saving: 0.326 USD per instance-hour",
        ] {
            assert!(told.contains(part), "{part} in {told}");
        }
    }

    #[test]
    fn each_round_is_told_with_its_backlog() {
        let full = json!({
            "verdict": {"choice": "on_demand", "reason": "BACKLOG_ABOVE_TARGET", "sentence": "Full."},
            "backlog": {"visible_messages": 25, "instances": 2, "per_instance": "12.5",
                        "target_per_instance": "10"},
        });
        let history = history(vec![
            step("Evaluate", 1, evaluated()),
            step("Evaluate", 9, full),
            step("RoundsEnded", 62, Value::Null),
        ]);
        let told = Story::of(&history).to_string();
        for part in [
            "round 1: SPOT_WITHIN_LIMIT",
            "round 2: BACKLOG_ABOVE_TARGET",
            "RoundsEnded",
            "decision of round 1: spot, SPOT_WITHIN_LIMIT.",
            "decision of round 2: on-demand, BACKLOG_ABOVE_TARGET. Full.",
            "backlog: jobs waiting 25, instances 2, target per instance 10",
        ] {
            assert!(told.contains(part), "{part} in {told}");
        }
    }

    #[test]
    fn a_loss_or_a_purpose_is_told() {
        let mut history = history(vec![]);
        history.input = json!({"stack_name": "render-farm", "purpose": "return_to_spot"});
        let told = Story::of(&history).to_string();
        assert!(told.contains("purpose: return to spot"), "{told}");
        history.input = json!({"stack_name": "render-farm", "loss": {
            "kind": "interruption_warning", "event_id": "1", "time": "2026-01-01T00:00:00Z",
            "auto_scaling_group_name": "workers", "instance_id": "i-1",
            "pool": {"instance_type": "g4dn.xlarge", "availability_zone": "eu-west-1a"},
        }});
        let told = Story::of(&history).to_string();
        let loss = "loss: interruption warning for i-1, g4dn.xlarge in eu-west-1a, at 2026-01-01";
        assert!(told.contains(loss), "{told}");
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
