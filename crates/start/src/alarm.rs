//! CloudWatch's alarm message, as SNS delivers it.
//! See <https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/AlarmThatSendsEmail.html>.

use serde::Deserialize;
use spotmanager_domain::AlarmEvent;

use crate::StartError;

/// What a message says, as far as it concerns *start*.
#[derive(Debug, PartialEq, Eq)]
pub enum Message {
    /// An alarm's transition into ALARM.
    IntoAlarm(AlarmEvent),
    /// Anything else, with what it is.
    Other(String),
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct AlarmMessage {
    alarm_name: Option<String>,
    alarm_arn: Option<String>,
    new_state_value: Option<String>,
    #[serde(default)]
    new_state_reason: String,
    state_change_time: Option<String>,
}

/// Reads a message. Messages that are not alarms are ignored, because people test topics by hand.
/// An alarm without its time is an error: repeated deliveries could not be told apart.
pub(crate) fn read(message: &str, topic_arn: &str) -> Result<Message, StartError> {
    let Ok(alarm) = serde_json::from_str::<AlarmMessage>(message) else {
        return Ok(Message::Other("the message is no alarm's JSON".to_owned()));
    };
    let (Some(alarm_name), Some(state)) = (alarm.alarm_name, alarm.new_state_value) else {
        return Ok(Message::Other(
            "the message has no AlarmName and NewStateValue, so it is no alarm's".to_owned(),
        ));
    };
    if state != "ALARM" {
        return Ok(Message::Other(format!(
            "{alarm_name} went into {state}; only ALARM starts an execution"
        )));
    }
    let state_change_time = alarm
        .state_change_time
        .filter(|time| !time.is_empty())
        .ok_or(StartError::AlarmMessage {
            field: "StateChangeTime",
            found: String::new(),
            expected: "the time of the alarm's transition",
        })?;
    Ok(Message::IntoAlarm(AlarmEvent {
        alarm_name,
        alarm_arn: alarm.alarm_arn,
        state_change_time,
        new_state_reason: alarm.new_state_reason,
        topic_arn: topic_arn.to_owned(),
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    const TOPIC: &str = "arn:aws:sns:eu-west-1:111122223333:workers-jobs-to-do";

    fn kind(message: &str) -> Message {
        read(message, TOPIC).unwrap()
    }

    #[test]
    fn a_transition_into_alarm_is_told_with_or_without_an_arn() {
        for arn in [
            "",
            r#""AlarmArn":"arn:aws:cloudwatch:eu-west-1:111122223333:alarm:jobs","#,
        ] {
            let message = format!(
                r#"{{"AlarmName":"jobs",{arn}"NewStateValue":"ALARM","NewStateReason":"why",
                "StateChangeTime":"2026-01-01T00:00:00.123+0000","Region":"EU (Ireland)"}}"#
            );
            let Message::IntoAlarm(alarm) = kind(&message) else {
                panic!("{message}");
            };
            assert_eq!(alarm.alarm_arn.is_some(), !arn.is_empty());
            assert_eq!(alarm.state_change_time, "2026-01-01T00:00:00.123+0000");
        }
    }

    #[test]
    fn whatever_else_is_acknowledged() {
        for message in [
            "",
            "hello",
            "[1]",
            r#"{"AlarmName":"jobs"}"#,
            r#"{"AlarmName":"jobs","NewStateValue":"OK","StateChangeTime":"t"}"#,
            r#"{"AlarmName":"jobs","NewStateValue":"INSUFFICIENT_DATA"}"#,
        ] {
            assert!(matches!(kind(message), Message::Other(_)), "{message}");
        }
    }

    #[test]
    fn an_alarm_without_its_time_is_refused() {
        let error = read(r#"{"AlarmName":"jobs","NewStateValue":"ALARM"}"#, TOPIC).unwrap_err();
        assert!(error.to_string().contains("StateChangeTime"), "{error}");
    }
}
