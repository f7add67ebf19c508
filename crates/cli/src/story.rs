//! An execution, told.

use std::{fmt, ops::Range};

use comfy_table::{CellAlignment, ContentArrangement, Table, presets};
use console::style;
use spotmanager_aws::execution_history::ExecutionHistory;

use crate::{decision, occasion, rounds, steps};

/// An execution as a person would want to read it: why it was started, what it did and
/// when, and of every round the prices against the limit, the decision and its reason.
#[derive(Debug)]
pub struct Story<'a> {
    history: &'a ExecutionHistory,
    has_steps: bool,
    has_chart: bool,
}

impl<'a> Story<'a> {
    /// The story of `history`.
    #[must_use]
    pub fn of(history: &'a ExecutionHistory) -> Self {
        Self {
            history,
            has_steps: true,
            has_chart: false,
        }
    }

    /// With the prices drawn as bars against the limit, or without.
    #[must_use]
    pub fn with_chart(self, has_chart: bool) -> Self {
        Self { has_chart, ..self }
    }

    /// Without the steps, which have been told as they came.
    pub(crate) fn without_steps(self) -> Self {
        Self {
            has_steps: false,
            ..self
        }
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
        writeln!(f, "execution {}: {}", name(history), self.ending())?;
        if self.has_steps {
            if let Some(occasion) = occasion::sentence(history) {
                writeln!(f, "{occasion}")?;
            }
            let mut table = table(&["at", "state", "what happened"]);
            table.add_rows(steps::rows(history));
            writeln!(f, "{}", table.trim_fmt())?;
        }
        for (round, step) in rounds::evaluations(history) {
            decision::write(f, round, &step.output, self.has_chart)?;
        }
        if let Some(error) = &history.error {
            let cause = history.cause.as_deref().unwrap_or_default();
            writeln!(f, "{} {}", style(error).red().bold(), steps::message(cause))?;
        }
        Ok(())
    }
}

/// The name of an execution, the last part of its ARN.
pub(crate) fn name(history: &ExecutionHistory) -> &str {
    history.arn.rsplit(':').next().unwrap_or_default()
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

/// Sets columns of figures so that their units stand below one another.
pub(crate) fn align_figures(table: &mut Table, columns: Range<usize>) {
    for index in columns {
        if let Some(column) = table.column_mut(index) {
            column.set_cell_alignment(CellAlignment::Right);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{evaluated, history, step};
    use serde_json::{Value, json};
    use spotmanager_aws::execution_history::StepFailure;

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
    fn a_chart_is_drawn_where_it_is_asked_for_and_steps_are_left_out_where_they_were_told() {
        let history = history(vec![step("Evaluate", 1, evaluated())]);
        let plain = Story::of(&history).to_string();
        assert!(!plain.contains('█'), "{plain}");
        let drawn = Story::of(&history).with_chart(true).to_string();
        assert!(drawn.contains('█'), "{drawn}");
        let brief = Story::of(&history).without_steps().to_string();
        assert!(!brief.contains("what happened"), "{brief}");
        assert!(brief.contains("decision: spot"), "{brief}");
    }

    #[test]
    fn scores_on_demand_prices_and_what_is_left_out_are_told_where_they_are_known() {
        let mut evaluated = evaluated();
        evaluated["saving_usd_per_hour"] = json!("0.326");
        evaluated["pools_left_off"] = json!(56);
        let pool = &mut evaluated["pools"][1];
        pool["placement_score"] = json!(2);
        pool["on_demand"] = json!({"usd": "0.526", "source": "price_list"});
        pool["left_out"] = json!("placement_score_too_low");
        let told = Story::of(&history(vec![step("Evaluate", 1, evaluated)])).to_string();
        for part in [
            "score",
            "0.5260",
            "left out: its placement score is too low",
            "and 56 more, none of them a better choice",
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
