//! An event as a function sends it: with what the state machine adds to those that it sends itself.
//! See <https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutEventsRequestEntry.html>.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::Event;
use crate::{Discovery, EvaluateInput};

/// The source of every event.
const SOURCE: &str = "spotmanager";
/// The version of the details, as their schemas have it.
const VERSION: &str = "1";

/// An entry of PutEvents, which takes the detail as text.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Entry {
    /// Whose event it is.
    pub source: &'static str,
    /// Such as `SpotManager Decision`.
    pub detail_type: String,
    /// What the schema of this type says.
    pub detail: Map<String, Value>,
}

/// The execution for which a function sends events.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sender {
    state_machine_arn: String,
    execution_arn: String,
    stack_name: String,
}

impl Sender {
    /// The execution of this discovery; `None` if a person made it, or if the previous release's state
    /// machine asked for it, which sends its events itself.
    #[must_use]
    pub fn of(discovery: &Discovery) -> Option<Self> {
        let execution = discovery.execution.as_ref()?;
        let origin = execution.origin.as_ref()?;
        Some(Self {
            state_machine_arn: execution.state_machine_arn.clone()?,
            execution_arn: origin.execution_arn.clone(),
            stack_name: origin.input.stack_name.clone(),
        })
    }

    /// The execution of this evaluation; `None` also if an old decision is replayed.
    #[must_use]
    pub fn of_evaluation(input: &EvaluateInput) -> Option<Self> {
        Self::of(&input.discovery).filter(|_| input.window_end.is_none())
    }

    /// The execution's ARN.
    #[must_use]
    pub fn execution_arn(&self) -> &str {
        &self.execution_arn
    }

    /// The entries for these events.
    ///
    /// # Errors
    /// If an event cannot be written as JSON.
    pub fn entries(&self, events: &[Event]) -> Result<Vec<Entry>, serde_json::Error> {
        events.iter().map(|event| self.entry(event)).collect()
    }

    fn entry(&self, event: &Event) -> Result<Entry, serde_json::Error> {
        let Parts {
            detail_type,
            detail: own,
        } = serde_json::from_value(serde_json::to_value(event)?)?;
        let added = [
            ("version", VERSION),
            ("state_machine_arn", &self.state_machine_arn),
            ("execution_arn", &self.execution_arn),
            ("stack_name", &self.stack_name),
        ];
        let added = added.map(|(name, value)| (name.to_owned(), value.into()));
        Ok(Entry {
            source: SOURCE,
            detail_type,
            detail: added.into_iter().chain(own).collect(),
        })
    }
}

/// An event's own part of its entry.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Parts {
    detail_type: String,
    detail: Map<String, Value>,
}
