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
    /// See <https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutEvents.html>.
    pub(crate) async fn publish(&self, emulator: &EmulatorClient) -> Result<(), LocalAwsError> {
        let call = "PutEvents";
        let reply = emulator
            .json("events", "AWSEvents", call, self.request())
            .await?;
        // An entry that is refused is no error of the call.
        if reply.get("FailedEntryCount").and_then(Value::as_u64) == Some(0) {
            Ok(())
        } else {
            Err(LocalAwsError::call(call, reply))
        }
    }

    fn request(&self) -> Value {
        json!({
            // No field of AWS's: `emulator.py` refuses a source of AWS to everybody without it.
            "AsService": true,
            "Entries": [{
                "Source": self.source,
                "DetailType": self.detail_type,
                "Resources": self.resources,
                "Detail": self.detail.to_string(),
            }],
        })
    }
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
        let request = event.request();
        let entry = &request["Entries"][0];
        assert_eq!(entry["Detail"], r#"{"instance-id":"i-1"}"#);
        assert_eq!(entry["Resources"], json!(["arn"]));
    }
}
