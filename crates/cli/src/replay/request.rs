//! What an event asks *start* for, in words.

use serde_json::Value;
use spotmanager_domain::LossKind;
use spotmanager_start::{Asked, Message, StartError, Told};

/// What the event asks for, as *start* reads it.
pub(super) fn sentence(event: &Value) -> String {
    match spotmanager_start::read(event) {
        Err(_) if event.get("detail-type").is_none() && event.get("Records").is_none() => {
            "unknown: the event has neither Records, as SNS's have, nor a detail-type, as EventBridge's have".to_owned()
        }
        Err(error) => unreadable(&error),
        Ok(Told::BySns(messages)) if messages.is_empty() => {
            "nothing: it has no records".to_owned()
        }
        Ok(Told::BySns(messages)) => {
            let messages: Vec<String> = messages.iter().map(of_message).collect();
            messages.join("; ")
        }
        Ok(Told::ByEventBridge { event, asked }) => match asked {
            Asked::ReturnToSpot => format!("a return to spot, due at {}", event.time),
            Asked::Replace { kind, instance_id } => {
                let warning = match kind {
                    LossKind::RebalanceRecommendation => "rebalance recommendation",
                    _ => "interruption warning",
                };
                format!(
                    "a replacement of {instance_id}, after the {warning} of {}",
                    event.time
                )
            }
            Asked::LookAfter {
                auto_scaling_group_name,
                ..
            } => format!(
                "capacity in place of {auto_scaling_group_name}, where a launch failed at {}",
                event.time
            ),
            Asked::Nothing(reason) => format!("nothing: {reason}"),
        },
    }
}

fn of_message(message: &Result<Message, StartError>) -> String {
    match message {
        Ok(Message::IntoAlarm(alarm)) => format!(
            "capacity, for the alarm {} that went into ALARM at {}",
            alarm.alarm_name, alarm.state_change_time
        ),
        Ok(Message::Other(reason)) => format!("nothing: {reason}"),
        Err(error) => unreadable(error),
    }
}

fn unreadable(error: &StartError) -> String {
    format!("unknown: {error}")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn of(detail_type: &str, detail: Value) -> String {
        sentence(&json!({
            "id": "1", "detail-type": detail_type, "time": "2026-01-01T00:00:00Z", "detail": detail,
        }))
    }

    #[test]
    fn each_event_of_eventbridge_says_what_it_asks_for() {
        let instance = json!({"instance-id": "i-1"});
        let launch = json!({"AutoScalingGroupName": "farm-spot", "ActivityId": "a"});
        for (detail_type, detail, parts) in [
            (
                "Scheduled Event",
                json!("{}"),
                ["return to spot", "2026-01-01T00:00:00Z"],
            ),
            (
                "EC2 Spot Instance Interruption Warning",
                instance.clone(),
                ["i-1", "interruption"],
            ),
            (
                "EC2 Instance Rebalance Recommendation",
                instance,
                ["i-1", "rebalance"],
            ),
            (
                "EC2 Instance Launch Unsuccessful",
                launch,
                ["farm-spot", "launch failed"],
            ),
            ("Another", json!({}), ["nothing", "Another"]),
        ] {
            let sentence = of(detail_type, detail);
            for part in parts {
                assert!(sentence.contains(part), "no {part} in {sentence}");
            }
        }
    }

    #[test]
    fn an_event_without_records_says_so() {
        let of = |event: Value| sentence(&event);
        assert_eq!(of(json!({"Records": []})), "nothing: it has no records");
        let neither = of(json!({}));
        assert!(
            neither.starts_with("unknown: the event has neither Records"),
            "{neither}"
        );
        let broken = of(json!({"Records": 7}));
        assert!(broken.starts_with("unknown: "), "{broken}");
        assert!(!broken.contains("neither"), "{broken}");
    }

    #[test]
    fn what_start_would_refuse_says_why() {
        let sentence = of("EC2 Spot Instance Interruption Warning", json!({}));
        assert!(sentence.starts_with("unknown: "), "{sentence}");
        assert!(sentence.contains("instance-id"), "{sentence}");
    }
}
