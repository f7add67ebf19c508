//! *start*: an event of SNS or EventBridge, and the names of the executions that it asks for.
#![no_main]

use libfuzzer_sys::{Corpus, fuzz_target};
use spotmanager_domain::{
    AlarmEvent, ErrorName, ExecutionInput, NamedError, Purpose, SettingsOverride, is_stack_name,
};
use spotmanager_fuzz::{assert_is_execution_name, json, read};
use spotmanager_start::{
    Asked, Message, ServiceEvent, StartError, Told,
    execution_name::{for_alarm, for_event},
    stack_name::from_topic,
};

fuzz_target!(|data: &[u8]| -> Corpus {
    let Some(event) = json(data) else {
        return Corpus::Reject;
    };
    match spotmanager_start::read(&event) {
        Ok(Told::BySns(messages)) => messages.into_iter().for_each(assert_answers),
        Ok(Told::ByEventBridge { event, asked }) => assert_names(&event, &asked),
        Err(error) => assert_refuses(&error),
    }
    Corpus::Keep
});

fn assert_answers(message: Result<Message, StartError>) {
    match message {
        Ok(Message::IntoAlarm(alarm)) => assert_starts(alarm),
        Ok(Message::Other(reason)) => assert!(!reason.is_empty()),
        Err(error) => assert_refuses(&error),
    }
}

fn assert_starts(alarm: AlarmEvent) {
    match from_topic(&alarm.topic_arn, "-jobs-to-do") {
        Ok(stack_name) => {
            assert!(is_stack_name(&stack_name));
            assert_is_execution_name(&for_alarm(&stack_name, &alarm));
            let input = ExecutionInput {
                stack_name,
                settings: SettingsOverride::default(),
                alarm: Some(alarm),
                purpose: Purpose::ScaleUp,
                loss: None,
                round: None,
            };
            let written = serde_json::to_value(&input).expect("an input is written");
            assert_eq!(read::<ExecutionInput>(&written), Some(input));
        }
        Err(error) => assert_refuses(&error),
    }
}

fn assert_names(event: &ServiceEvent, asked: &Asked) {
    let what: &str = match asked {
        Asked::ReturnToSpot => "return_to_spot",
        Asked::Replace { instance_id, .. } => instance_id,
        Asked::LookAfter { activity_id, .. } => activity_id,
        Asked::Nothing(reason) => reason,
    };
    assert_is_execution_name(&for_event("farm", event.time, &[what]));
}

fn assert_refuses(error: &StartError) {
    assert_eq!(error.name(), ErrorName::InvalidInput);
    assert!(!error.to_string().is_empty());
}
