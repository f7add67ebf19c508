//! One name per alarm transition, so that Step Functions itself recognises a repetition.

use sha2::{Digest, Sha256};
use spotmanager_contract::AlarmEvent;

/// How much of the alarm's name is shown: with time and digest the name stays within the 80
/// characters that StartExecution allows.
const SHOWN: usize = 32;

/// The execution's name: the alarm and the time for the reader, a digest of topic, alarm, time
/// and state for uniqueness.
/// See <https://docs.aws.amazon.com/step-functions/latest/apireference/API_StartExecution.html>.
pub(crate) fn for_alarm(alarm: &AlarmEvent) -> String {
    let identity = alarm.alarm_arn.as_deref().unwrap_or(&alarm.alarm_name);
    let mut digest = Sha256::new();
    // The topic belongs to it: one alarm may serve two stacks by two topics.
    for part in [
        &alarm.topic_arn,
        identity,
        &alarm.state_change_time,
        "ALARM",
    ] {
        digest.update(part.as_bytes());
        digest.update([0]);
    }
    let digest: String = digest
        .finalize()
        .iter()
        .take(8)
        .map(|byte| format!("{byte:02x}"))
        .collect();
    let time: String = alarm
        .state_change_time
        .chars()
        .filter(char::is_ascii_alphanumeric)
        .take(15)
        .collect();
    let shown: String = alarm
        .alarm_name
        .chars()
        .map(|c| if c.is_ascii_alphanumeric() { c } else { '-' })
        .take(SHOWN)
        .collect();
    format!("{shown}-{time}-{digest}")
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
        let first = for_alarm(&alarm("jobs", "2026-01-01T00:00:00.123+0000"));
        assert_eq!(
            first,
            for_alarm(&alarm("jobs", "2026-01-01T00:00:00.123+0000"))
        );
        assert_ne!(
            first,
            for_alarm(&alarm("jobs", "2026-01-01T00:00:00.124+0000"))
        );
        assert_ne!(
            first,
            for_alarm(&alarm("jobs2", "2026-01-01T00:00:00.123+0000"))
        );
    }

    #[test]
    fn any_alarm_name_gives_a_name_that_step_functions_takes() {
        let name = for_alarm(&alarm(
            &"Jobs «zu tun» / ".repeat(30),
            "2026-01-01T00:00:00.123+0000",
        ));
        assert!(name.len() <= 80, "{name}");
        assert!(
            name.chars().all(|c| c.is_ascii_alphanumeric() || c == '-'),
            "{name}"
        );
    }
}
