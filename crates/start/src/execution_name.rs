//! One name per event, so that Step Functions itself recognises a repetition.

use jiff::Timestamp;
use sha2::{Digest, Sha256};
use spotmanager_domain::{AlarmEvent, execution_name};

/// The name for an alarm's transition, from topic, alarm, time and state.
#[must_use]
pub fn for_alarm(stack_name: &str, alarm: &AlarmEvent) -> String {
    let identity = alarm.alarm_arn.as_deref().unwrap_or(&alarm.alarm_name);
    // The topic belongs to it: one alarm may serve two stacks by two topics.
    let what = [
        &alarm.topic_arn,
        identity,
        &alarm.state_change_time,
        "ALARM",
    ];
    name(stack_name, &alarm.state_change_time, &what)
}

/// The name for anything else that EventBridge tells, from what makes it the only one of its kind.
#[must_use]
pub fn for_event(stack_name: &str, at: Timestamp, what: &[&str]) -> String {
    name(stack_name, &at.to_string(), what)
}

fn name(stack_name: &str, time: &str, what: &[&str]) -> String {
    let mut digest = Sha256::new();
    for part in what {
        digest.update(part.as_bytes());
        digest.update([0]);
    }
    execution_name::given(stack_name, time, digest.finalize().into())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn alarm(name: &str, time: &str) -> AlarmEvent {
        AlarmEvent {
            alarm_name: name.into(),
            alarm_arn: None,
            state_change_time: time.into(),
            new_state_reason: String::new(),
            topic_arn: "arn:aws:sns:eu-west-1:111122223333:a-jobs-to-do".into(),
        }
    }

    #[test]
    fn a_repetition_has_the_same_name_and_a_new_transition_another() {
        let first = for_alarm("farm", &alarm("jobs", "2026-01-01T00:00:00.123+0000"));
        assert_eq!(
            first,
            for_alarm("farm", &alarm("jobs", "2026-01-01T00:00:00.123+0000"))
        );
        assert_ne!(
            first,
            for_alarm("farm", &alarm("jobs", "2026-01-01T00:00:00.124+0000"))
        );
        assert_ne!(
            first,
            for_alarm("farm", &alarm("jobs2", "2026-01-01T00:00:00.123+0000"))
        );
    }

    #[test]
    fn any_alarm_and_stack_give_a_name_that_step_functions_takes() {
        let stack = "a".repeat(128);
        let alarm = alarm("Jobs «zu tun» / ", "2026-01-01T00:00:00.123+0000");
        let name = for_alarm(&stack, &alarm);
        assert!(execution_name::is_given(&name), "{name}");
        let room = execution_name::MOST_CHARACTERS - execution_name::ROUND_CHARACTERS;
        assert!(name.len() <= room, "{name}");
        assert!(
            name.chars().all(|c| c.is_ascii_alphanumeric() || c == '-'),
            "{name}"
        );
    }
}
