//! What an event tells, before AWS is asked anything.

use aws_lambda_events::sns::SnsEvent;
use serde_json::Value;
use spotmanager_function::read_event;

use crate::{
    StartError,
    alarm::{self, Message},
    service_event::{Asked, ServiceEvent},
};

/// What an event of the function tells.
#[derive(Debug)]
pub enum Told {
    /// The messages of SNS, each of its record, or why it cannot be answered.
    BySns(Vec<Result<Message, StartError>>),
    /// What EventBridge or its scheduler tells.
    ByEventBridge {
        /// The event.
        event: ServiceEvent,
        /// What it asks for.
        asked: Asked,
    },
}

/// Reads an event.
///
/// # Errors
/// [`StartError`] where it is neither of SNS nor of EventBridge, or lacks what it asks with.
pub fn read(event: &Value) -> Result<Told, StartError> {
    if ServiceEvent::is(event) {
        let event: ServiceEvent = read_event(event)?;
        let asked = event.asked()?;
        return Ok(Told::ByEventBridge { event, asked });
    }
    let event: SnsEvent = read_event(event)?;
    let messages = event
        .records
        .into_iter()
        .map(|record| alarm::read(&record.sns.message, &record.sns.topic_arn));
    Ok(Told::BySns(messages.collect()))
}
