//! A scenario: what an execution is started with, how its tasks answer, and what comes of it.

use serde::Serialize;
use serde_json::{Value, json};

use crate::{
    arguments,
    node::Run,
    samples::{EXECUTION, STARTED_AT, alarm},
    steps::Steps,
};

/// A value that a task sends or leaves behind; absent for a field that should not be there.
struct Expectation {
    of: Of,
    task: &'static str,
    pointer: &'static str,
    value: Option<Value>,
}

#[derive(Debug)]
enum Of {
    Arguments,
    /// The detail of the event that goes out with the task's own.
    SecondEvent,
    Output,
}

/// A scenario with what is expected of it.
pub(crate) struct Scenario {
    pub(crate) name: String,
    input: Value,
    execution_name: String,
    redrive_count: Option<u32>,
    partition: &'static str,
    steps: Steps,
    error: Option<(String, String)>,
    evaluation_errors: Vec<&'static str>,
    retriers: Option<Vec<String>>,
    unreadable: Option<&'static str>,
    is_new: bool,
    values: Vec<Expectation>,
}

impl Scenario {
    /// An execution that an alarm starts, and that goes through these states.
    pub(crate) fn new<const N: usize>(name: impl Into<String>, steps: [Steps; N]) -> Self {
        Self {
            name: name.into(),
            input: json!(alarm()),
            execution_name: EXECUTION.into(),
            redrive_count: Some(0),
            partition: "aws",
            steps: steps.concat(),
            error: None,
            evaluation_errors: Vec::new(),
            retriers: None,
            unreadable: None,
            is_new: false,
            values: Vec::new(),
        }
    }

    pub(crate) fn input(mut self, input: impl Serialize) -> Self {
        self.input = json!(input);
        self
    }

    pub(crate) fn execution_name(mut self, name: impl Into<String>) -> Self {
        self.execution_name = name.into();
        self
    }

    /// The context object's count of redrives; it may be absent.
    pub(crate) fn redriven(mut self, count: Option<u32>) -> Self {
        self.redrive_count = count;
        self
    }

    /// The execution fails with this error and cause.
    pub(crate) fn fails(mut self, error: impl Into<String>, cause: impl Into<String>) -> Self {
        self.error = Some((error.into(), cause.into()));
        self
    }

    /// The expression of this field fails.
    pub(crate) fn cannot_evaluate(mut self, field: &'static str) -> Self {
        self.evaluation_errors.push(field);
        self
    }

    /// The execution runs in this partition of AWS.
    pub(crate) fn partition(mut self, partition: &'static str) -> Self {
        self.partition = partition;
        self
    }

    /// Exactly these retriers take an error, each as `State/Retry/0`.
    pub(crate) fn retried_by(mut self, retriers: Vec<String>) -> Self {
        self.retriers = Some(retriers);
        self
    }

    /// This task's function cannot read its input.
    pub(crate) fn unreadable(mut self, task: &'static str) -> Self {
        self.unreadable = Some(task);
        self
    }

    /// The previous release's definition goes another way.
    pub(crate) fn new_path(mut self) -> Self {
        self.is_new = true;
        self
    }

    fn expects(
        mut self,
        of: Of,
        task: &'static str,
        pointer: &'static str,
        value: Option<Value>,
    ) -> Self {
        self.values.push(Expectation {
            of,
            task,
            pointer,
            value,
        });
        self
    }

    /// A value that a task sends. `task` is a state, or its nth visit as `State#2`; see
    /// [`arguments::subject`] for what the pointer starts from.
    pub(crate) fn sends(
        self,
        task: &'static str,
        pointer: &'static str,
        value: impl Into<Value>,
    ) -> Self {
        self.expects(Of::Arguments, task, pointer, Some(value.into()))
    }

    /// A value of the event that a task sends in addition to its own.
    pub(crate) fn adds(
        self,
        task: &'static str,
        pointer: &'static str,
        value: impl Into<Value>,
    ) -> Self {
        self.expects(Of::SecondEvent, task, pointer, Some(value.into()))
    }

    /// A task sends its own event and no other.
    pub(crate) fn adds_none(self, task: &'static str) -> Self {
        self.adds_no(task, "/result")
    }

    /// A field that the event in addition to a task's own does not have.
    pub(crate) fn adds_no(self, task: &'static str, pointer: &'static str) -> Self {
        self.expects(Of::SecondEvent, task, pointer, None)
    }

    /// A field that a task does not send.
    pub(crate) fn omits(self, task: &'static str, pointer: &'static str) -> Self {
        self.expects(Of::Arguments, task, pointer, None)
    }

    /// A value of the state's output.
    pub(crate) fn leaves(
        self,
        task: &'static str,
        pointer: &'static str,
        value: impl Into<Value>,
    ) -> Self {
        self.expects(Of::Output, task, pointer, Some(value.into()))
    }

    fn answers(&self) -> impl Iterator<Item = &Value> {
        self.steps.iter().filter_map(|step| step.answer.as_ref())
    }

    /// The document that the interpreter reads.
    pub(crate) fn document(&self) -> Value {
        json!({
            "input": self.input,
            "execution_name": self.execution_name,
            "started_at": STARTED_AT,
            "redrive_count": self.redrive_count,
            "partition": self.partition,
            "answers": self.answers().collect::<Vec<_>>(),
        })
    }

    /// Compares a run of the previous release's definition, which an upgrade leaves to the executions
    /// that run: the present functions read its inputs, and it goes the same way with their outputs
    /// unless the path is new.
    ///
    /// # Errors
    /// The first thing in which it differs.
    pub(crate) fn check_previous(&self, run: &Run) -> Result<(), String> {
        let states: Vec<_> = self.steps.iter().map(|step| step.state).collect();
        let is_same = run.refused.is_none() && run.states == states;
        if is_same == self.is_new {
            return Err(format!("{:?} goes {:?}", run.refused, run.states));
        }
        for task in &run.tasks {
            if self.unreadable != Some(task.state.as_str()) {
                arguments::check(task).map_err(|error| format!("{}: {error}", task.state))?;
            }
        }
        Ok(())
    }

    /// Compares a run with what is expected.
    ///
    /// # Errors
    /// Everything in which it differs.
    pub(crate) fn check(&self, run: &Run) -> Result<(), String> {
        let mut problems = Vec::new();
        let mut expect = |what: &str, found: Value, expected: Value| {
            if found != expected {
                problems.push(format!("{what} is {found}; it should be {expected}"));
            }
        };
        let states: Vec<_> = self.steps.iter().map(|step| step.state).collect();
        expect("the refusal", json!(run.refused), Value::Null);
        expect("the path", json!(run.states), json!(states));
        let (error, cause) = self.error.clone().unzip();
        expect("the error", json!(run.error), json!(error));
        expect("the cause", json!(run.cause), json!(cause));
        let fields: Vec<_> = run.failed.iter().map(|failed| &failed.field).collect();
        let expected = json!(self.evaluation_errors);
        expect("what cannot be evaluated", json!(fields), expected);
        if let Some(retriers) = &self.retriers {
            let branches = run.branches.iter();
            let retried: Vec<_> = branches.filter(|taken| taken.contains("/Retry/")).collect();
            expect("what is retried", json!(retried), json!(retriers));
        }
        for expected in &self.values {
            let Expectation {
                of,
                task,
                pointer,
                value,
            } = expected;
            let found = run.task(task).map(|task| match of {
                Of::Arguments => arguments::subject(task).pointer(pointer).cloned(),
                Of::SecondEvent => task.arguments["Entries"][1]["Detail"]
                    .pointer(pointer)
                    .cloned(),
                Of::Output => task.output.pointer(pointer).cloned(),
            });
            let value: Result<_, String> = Ok(value);
            expect(
                &format!("{of:?} of {task} at {pointer:?}"),
                json!(found),
                json!(value),
            );
        }
        // What a function returns is the state's output, and a report keeps what was before it.
        let (mut evaluation, mut before) = (Value::Null, Value::Null);
        for (task, answer) in run.tasks.iter().zip(self.answers()) {
            let expected = match (task.state.as_str(), answer.get("output")) {
                ("TellDecision", _) => evaluation.clone(),
                ("TellOutcome", _) => before.clone(),
                (_, Some(output)) if task.api == "lambda:invoke" => output.clone(),
                _ => task.output.clone(),
            };
            expect(
                &format!("the output of {}", task.state),
                task.output.clone(),
                expected,
            );
            before = task.output.clone();
            if task.state == "Evaluate" {
                evaluation = task.output.clone();
            }
        }
        for task in &run.tasks {
            if let Err(error) = arguments::check(task)
                && self.unreadable != Some(task.state.as_str())
            {
                problems.push(format!("{} sends {}: {error}", task.state, task.arguments));
            }
        }
        if problems.is_empty() {
            return Ok(());
        }
        Err(format!("{}\n{:#?}", problems.join("\n"), run.failed))
    }
}
