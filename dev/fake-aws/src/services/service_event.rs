//! Events that AWS's own services publish to EventBridge's default bus.
//! See <https://docs.aws.amazon.com/eventbridge/latest/ref/events.html>.

use serde_json::{Value, json};

use crate::{LocalAwsError, emulator::EmulatorClient};

/// An event as its service says it; EventBridge adds id, account, time and region.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct ServiceEvent {
    pub(crate) source: &'static str,
    pub(crate) detail_type: &'static str,
    pub(crate) resources: Vec<String>,
    pub(crate) detail: Value,
}

impl ServiceEvent {
    pub(crate) async fn publish(&self, emulator: &EmulatorClient) -> Result<(), LocalAwsError> {
        publish_all(emulator, std::slice::from_ref(self), 1).await
    }

    fn entry(&self) -> Value {
        json!({
            "Source": self.source,
            "DetailType": self.detail_type,
            "Resources": self.resources,
            "Detail": self.detail.to_string(),
        })
    }
}

/// The most events that one call takes.
/// See <https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutEvents.html>.
const MOST_ENTRIES: usize = 10;

/// Publishes several events, each of which is delivered so many times: EventBridge delivers at least
/// once. See <https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-service-event.html>.
pub(crate) async fn publish_all(
    emulator: &EmulatorClient,
    events: &[ServiceEvent],
    deliveries: u32,
) -> Result<(), LocalAwsError> {
    let call = "PutEvents";
    for some in events.chunks(MOST_ENTRIES) {
        let request = request(some, deliveries);
        let reply = emulator.json("events", "AWSEvents", call, request).await?;
        // An entry that is refused is no error of the call.
        if reply.get("FailedEntryCount").and_then(Value::as_u64) != Some(0) {
            return Err(LocalAwsError::call(call, reply));
        }
    }
    Ok(())
}

fn request(events: &[ServiceEvent], deliveries: u32) -> Value {
    let entries: Vec<_> = events.iter().map(ServiceEvent::entry).collect();
    json!({
        // No fields of AWS's: `emulator.py` refuses a source of AWS to everybody without the first.
        "AsService": true,
        "Deliveries": deliveries,
        "Entries": entries,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_detail_is_sent_as_text() {
        let event = ServiceEvent {
            source: "aws.ec2",
            detail_type: "EC2 Instance Rebalance Recommendation",
            resources: vec!["arn".to_owned()],
            detail: json!({ "instance-id": "i-1" }),
        };
        let request = request(&[event], 3);
        let entry = &request["Entries"][0];
        assert_eq!(entry["Detail"], r#"{"instance-id":"i-1"}"#);
        assert_eq!(entry["Resources"], json!(["arn"]));
        assert_eq!(request["Deliveries"], 3);
    }
}
