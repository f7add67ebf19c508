//! The interpreter's own rules: small definitions that Step Functions refuses, or runs in its own way.
//!
//! `rules.json` has them, with what comes of each: its `output`, its `error`, or what it is `refused`
//! for. `value` stands for a Pass with that Output; `pass`, `task`, `condition` and `seconds` stand
//! for a state with these fields; `answer` is the task's.

use serde::Deserialize;
use serde_json::{Map, Value, json};

use crate::{node::Answer, samples::STARTED_AT};

/// A small definition, and what comes of it.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Rule {
    pub(crate) rule: String,
    value: Option<Value>,
    pass: Option<Map<String, Value>>,
    task: Option<Map<String, Value>>,
    condition: Option<Value>,
    seconds: Option<Value>,
    states: Option<Value>,
    answer: Option<Value>,
    output: Option<Value>,
    error: Option<String>,
    refused: Option<String>,
}

pub(crate) fn all() -> Vec<Rule> {
    serde_json::from_str(include_str!("rules.json")).unwrap()
}

impl Rule {
    fn states(&self) -> Value {
        let seen = json!([
            "{% $states.input %}",
            "{% $exists($x) ? $x : 'unassigned' %}"
        ]);
        let (mut first, fields) = if let Some(states) = &self.states {
            return states.clone();
        } else if let Some(fields) = &self.task {
            let function = json!({"FunctionName": "f", "Payload": {}});
            let resource = "arn:aws:states:::lambda:invoke";
            let task = json!({"Type": "Task", "Resource": resource, "Arguments": function, "TimeoutSeconds": 60, "Next": "Seen"});
            (task, fields.clone())
        } else if let Some(condition) = &self.condition {
            let choices = json!([{"Condition": condition, "Next": "B"}]);
            let choice = json!({"Type": "Choice", "Choices": choices, "Default": "B"});
            (choice, Map::new())
        } else if let Some(seconds) = &self.seconds {
            let wait = json!({"Type": "Wait", "Seconds": seconds, "Next": "B"});
            (wait, Map::new())
        } else {
            let output = self
                .value
                .iter()
                .map(|value| ("Output".into(), value.clone()));
            let fields = self.pass.clone().unwrap_or(output.collect());
            (json!({"Type": "Pass", "Next": "B"}), fields)
        };
        for (field, value) in fields {
            first[field] = value;
        }
        json!({"A": first, "Seen": {"Type": "Pass", "Output": seen, "Next": "B"}, "B": {"Type": "Succeed"}})
    }

    pub(crate) fn document(&self) -> Value {
        let mut answer = self.answer.clone();
        if let Some(answer) = &mut answer {
            answer["state"] = "A".into();
        }
        let execution = json!({
            "input": {},
            "execution_name": "rule",
            "started_at": STARTED_AT,
            "redrive_count": 0,
            "answers": Vec::from_iter(answer),
        });
        json!({
            "definition": {"QueryLanguage": "JSONata", "StartAt": "A", "States": self.states()},
            "executions": [execution],
        })
    }

    /// Compares what came of it with what is expected.
    ///
    /// # Errors
    /// What is different.
    pub(crate) fn check(&self, answer: &Answer) -> Result<(), String> {
        let run = answer.runs.first().filter(|run| run.refused.is_none());
        let holds = match (&self.refused, &self.error, &self.output, run) {
            (Some(why), _, _, None) => answer.refused.as_ref().is_some_and(|it| it.contains(why)),
            (_, Some(error), _, Some(run)) => run.error.as_ref() == Some(error),
            (_, _, Some(output), Some(run)) => run.output.as_ref() == Some(output),
            _ => false,
        };
        if holds {
            return Ok(());
        }
        Err(format!("{answer:#?}"))
    }
}
