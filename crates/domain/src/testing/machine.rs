//! The state machine, as far as it follows a flow: it reports, notifies, and goes where a step says.

use serde_json::{Value, json};

use crate::{
    Caught,
    flow::{Event, Failure, Step},
};

/// A state machine's variables, and what it has sent.
#[derive(Clone, Debug)]
pub struct Machine {
    /// What comes next. It is no report and no notification: those have been sent.
    pub step: Step,
    /// What failed last.
    pub failure: Caught,
    /// The states that it has been in, up to the present one.
    pub states: Vec<&'static str>,
    /// The events that it has sent.
    pub events: Vec<Event>,
    /// The same as EventBridge gets them, without what stands in every event.
    pub sent: Vec<Value>,
    /// What it has sent to the operations topic.
    pub messages: Vec<Message>,
}

/// A message to the operations topic, without what every message says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Message {
    /// What its subject begins with.
    pub subject: String,
    /// What failed.
    pub failure: Failure,
    /// What the failure means.
    pub consequence: String,
    /// The line with the execution's page.
    pub page: String,
}

impl Machine {
    /// A machine that begins with a step.
    #[must_use]
    pub fn new(step: Step) -> Self {
        let mut machine = Self {
            step: step.clone(),
            failure: Caught::default(),
            states: Vec::new(),
            events: Vec::new(),
            sent: Vec::new(),
            messages: Vec::new(),
        };
        machine.enter(step);
        machine
    }

    /// A function has said what comes next. After `ScaleUp` the state machine waits, whatever it said.
    pub fn go_on(&mut self, step: Step) {
        let waits = matches!(step, Step::WaitForCapacity { .. });
        let scales_up = matches!(self.step, Step::ScaleUp { .. });
        assert!(waits || !scales_up, "{} after ScaleUp", step.state());
        self.enter(step);
    }

    fn enter(&mut self, mut step: Step) {
        self.states.push(step.state());
        loop {
            step = match step {
                Step::Report {
                    events,
                    failed_in,
                    then,
                } => {
                    for event in events {
                        self.send(event, failed_in.as_deref());
                    }
                    *then
                }
                Step::Notify {
                    failed_in,
                    subject,
                    consequence,
                    page,
                    then,
                } => {
                    self.messages.push(Message {
                        subject,
                        failure: self.failed_in(&failed_in),
                        consequence,
                        page,
                    });
                    *then
                }
                step => {
                    self.step = step;
                    return;
                }
            };
            self.states.push(step.state());
        }
    }

    /// The present state fails: its Catch goes where the step says. `false` if it cannot fail.
    pub fn fails(&mut self, error: &str, cause: &str) -> bool {
        let Some(if_fails) = self.step.if_fails().cloned() else {
            return false;
        };
        self.caught(error, cause, if_fails);
        true
    }

    /// The present state scales, and nobody knows whether that took effect; `false` if it is another.
    pub fn loses_answer(&mut self, error: &str, cause: &str) -> bool {
        let (Step::ScaleUp { if_unclear, .. } | Step::ScaleDownOnDemand { if_unclear, .. }) =
            &self.step
        else {
            return false;
        };
        let if_unclear = if_unclear.as_ref().clone();
        self.caught(error, cause, if_unclear);
        true
    }

    fn caught(&mut self, error: &str, cause: &str, step: Step) {
        self.failure = Caught {
            error: error.to_owned(),
            cause: cause.to_owned(),
        };
        self.enter(step);
    }

    fn send(&mut self, event: Event, failed_in: Option<&str>) {
        let mut sent = json!(event);
        if let Some(state) = failed_in
            && sent["Detail"].get("failure").is_none()
        {
            sent["Detail"]["failure"] = json!(self.failed_in(state));
        }
        self.sent.push(sent);
        self.events.push(event);
    }

    fn failed_in(&self, state: &str) -> Failure {
        Failure {
            error: self.failure.error.clone(),
            cause: self.failure.cause.clone(),
            state: state.to_owned(),
        }
    }
}
