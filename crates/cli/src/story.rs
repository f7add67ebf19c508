//! An execution in words.

use std::fmt;

use console::style;
use spotmanager_aws::execution_history::ExecutionHistory;

use crate::{
    decision, occasion,
    outcome::{self, Outcome},
    steps,
    table::table,
    title::title,
};

/// An execution as a person would want to read it: when and by what it was started, what it did and
/// when, of every round the prices against the limit, the decision and its reason, and in the last
/// line its outcome.
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
        writeln!(f, "{}: {}", title(history), self.ending())?;
        if self.has_steps {
            writeln!(f, "{}", occasion::line(history))?;
            let mut table = table(&["at", "state", "what happened"]);
            table.add_rows(steps::rows(history));
            writeln!(f, "{}", table.trim_fmt())?;
        }
        self.write_rounds(f)?;
        let Some(outcome) = Outcome::of(history) else {
            return Ok(());
        };
        for doubt in &outcome.doubts {
            writeln!(f, "{} {doubt}", style("in doubt:").yellow())?;
        }
        writeln!(f, "{} {}", style("outcome:").bold(), outcome.sentence)
    }
}

impl Story<'_> {
    fn write_rounds(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let rounds = outcome::rounds(self.history);
        let has_several = rounds.len() > 1;
        let mut shown: Option<(u64, String)> = None;
        for round in &rounds {
            let Some(evaluated) = round.evaluated() else {
                continue;
            };
            let number = round.is_one_of_many().then_some(round.number);
            let prices = decision::prices(evaluated, self.has_chart);
            match &shown {
                Some((first, text)) if *text == prices && !prices.is_empty() => {
                    writeln!(f, "    prices as in round {first}")?;
                }
                _ => {
                    write!(f, "{prices}")?;
                    shown = Some((round.number, prices));
                }
            }
            decision::write(f, number, evaluated)?;
            if has_several {
                let outcome = round.outcome().sentence;
                writeln!(f, "outcome of round {}: {outcome}", round.number)?;
            }
        }
        Ok(())
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
            step("NextStep", 2, Value::Null),
            step("Report", 2, Value::Null),
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
        for part in [
            "NextStep",
            "Report",
            "score",
            "on-demand",
            "round",
            "backlog",
        ] {
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
        evaluated["pools_left_off"] = json!(56);
        let pool = &mut evaluated["pools"][1];
        pool["placement_score"] = json!(2);
        pool["on_demand"] = json!({"usd": "0.526", "source": "price_list"});
        pool["left_out"] = json!("placement_score_too_low");
        let told = Story::of(&history(vec![step("Evaluate", 1, evaluated)])).to_string();
        for part in [
            "score",
            "0.5260",
            "excluded: its placement score is too low",
            "and 56 more, none of them a better choice",
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
        assert!(told.contains("by hand, for a return to spot"), "{told}");
        history.input = json!({"stack_name": "render-farm", "loss": {
            "kind": "interruption_warning", "event_id": "1", "time": "2026-01-01T00:00:00Z",
            "auto_scaling_group_name": "workers", "instance_id": "i-1",
            "pool": {"instance_type": "g4dn.xlarge", "availability_zone": "eu-west-1a"},
        }});
        let told = Story::of(&history).to_string();
        let loss =
            "by an event: interruption warning for i-1, g4dn.xlarge in eu-west-1a, at 2026-01-01";
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
            "outcome: failed, no capacity arrived: SpotManager.NoCapacity: A launch failed everywhere.",
        ] {
            assert!(told.contains(part), "{part} in {told}");
        }
    }
}
