//! An execution: what it is started with, and what is the case in its world.

use serde_json::{Value, json};
use spotmanager_domain::{
    Discovery, ExecutionInput, ScaleOutcome,
    capacity::CapacityStatus,
    flow::{Others, Replacement},
};

use crate::{
    play::PlayedTask,
    samples::{EXECUTION, STARTED_AT, alarm, found},
};

/// An execution, and how its functions fare. What they answer the flow says, see [`crate::player`].
#[derive(Clone)]
pub(crate) struct Execution {
    pub(crate) name: String,
    /// The last state, if that is not for the flow to say alone.
    pub(crate) ends: Option<&'static str>,
    pub(crate) input: Value,
    /// The context object's count of redrives; it may be absent.
    pub(crate) redrive_count: Option<u32>,
    /// What each round discovers.
    pub(crate) discoveries: Vec<Discovery>,
    /// The average spot price, USD per instance-hour; the spot group's limit is 0.425.
    pub(crate) usd: &'static str,
    /// What *scale* does, call by call; after that as usual.
    pub(crate) scales: Vec<ScaleOutcome>,
    /// What *verify* sees, call by call; after that capacity that arrived.
    pub(crate) sees: Vec<CapacityStatus>,
    /// What *verify* finds of the execution that a rebalance recommendation started, check by check;
    /// after that the instance was replaced.
    pub(crate) replacements: Vec<Replacement>,
    /// What runs for the same pair, at every check.
    pub(crate) others: Others,
    /// Whether EventBridge takes the events that the functions send.
    pub(crate) is_heard: bool,
    pub(crate) errors: Vec<TaskError>,
}

/// A task that fails after its retries.
#[derive(Clone)]
pub(crate) struct TaskError {
    pub(crate) state: &'static str,
    /// At which of its visits, from 0 on.
    pub(crate) visit: usize,
    pub(crate) error: String,
    pub(crate) cause: Option<String>,
}

impl Execution {
    /// An execution that an alarm starts, with cheap spot, and that ends in this state.
    pub(crate) fn new(name: impl Into<String>, ends: &'static str) -> Self {
        Self {
            name: name.into(),
            ends: Some(ends),
            input: json!(alarm()),
            redrive_count: Some(0),
            discoveries: vec![found(|_| ())],
            usd: "0.21",
            scales: Vec::new(),
            sees: Vec::new(),
            replacements: Vec::new(),
            others: Others::default(),
            is_heard: false,
            errors: Vec::new(),
        }
    }

    pub(crate) fn input(self, change: impl FnOnce(&mut ExecutionInput)) -> Self {
        let mut input = alarm();
        change(&mut input);
        Self {
            input: json!(input),
            ..self
        }
    }

    pub(crate) fn finds<const N: usize>(self, discoveries: [Discovery; N]) -> Self {
        Self {
            discoveries: discoveries.into(),
            ..self
        }
    }

    pub(crate) fn scales<const N: usize>(self, scales: [ScaleOutcome; N]) -> Self {
        Self {
            scales: scales.into(),
            ..self
        }
    }

    pub(crate) fn sees<const N: usize>(self, sees: [CapacityStatus; N]) -> Self {
        Self {
            sees: sees.into(),
            ..self
        }
    }

    pub(crate) fn fails(
        mut self,
        state: &'static str,
        visit: usize,
        error: impl Into<String>,
        cause: Option<&str>,
    ) -> Self {
        self.errors.push(TaskError {
            state,
            visit,
            error: error.into(),
            cause: cause.map(Into::into),
        });
        self
    }

    /// The document that the interpreter reads.
    pub(crate) fn document(&self, tasks: &[PlayedTask]) -> Value {
        let answers: Vec<_> = tasks.iter().map(|task| &task.answer).collect();
        json!({
            "input": self.input,
            "execution_name": EXECUTION,
            "started_at": STARTED_AT,
            "redrive_count": self.redrive_count,
            "answers": answers,
        })
    }
}
