//! Lambda functions, invoked for their answer.

use std::time::Duration;

use aws_sdk_lambda::{
    Config, config::timeout::TimeoutConfig, primitives::Blob, types::InvocationType,
};
use serde::Deserialize;
use serde_json::Value;

pub use aws_sdk_lambda::Client;

use crate::AwsError;

const INVOKE: &str = "lambda:InvokeFunction";
/// A function of SpotManager runs for 60 seconds at most, after a cold start.
const LONGEST: Duration = Duration::from_secs(90);

/// What a function failed with.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, thiserror::Error)]
#[serde(rename_all = "camelCase")]
#[error("{error_type}: {error_message}")]
pub struct FunctionError {
    /// The error's name, such as `SpotManager.InvalidInput`.
    #[serde(default = "unnamed")]
    pub error_type: String,
    /// What it says.
    #[serde(default)]
    pub error_message: String,
}

fn unnamed() -> String {
    "Lambda.Unknown".to_owned()
}

/// Invokes a function and waits for its answer: what it returned, or what it failed with.
/// See <https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html>.
///
/// # Errors
/// [`AwsError`] when the call fails, or the answer is no JSON.
pub async fn invoke(
    client: &Client,
    function_name: &str,
    event: &Value,
) -> Result<Result<Value, FunctionError>, AwsError> {
    let timeouts = TimeoutConfig::builder().operation_attempt_timeout(LONGEST);
    let reply = client
        .invoke()
        .function_name(function_name)
        .invocation_type(InvocationType::RequestResponse)
        .payload(Blob::new(event.to_string()))
        .customize()
        .config_override(Config::builder().timeout_config(timeouts.build()))
        .send()
        .await
        .map_err(|error| AwsError::new(INVOKE, error))?;
    let payload = reply.payload().map(Blob::as_ref).unwrap_or_default();
    answer(reply.function_error().is_some(), payload)
}

fn answer(failed: bool, payload: &[u8]) -> Result<Result<Value, FunctionError>, AwsError> {
    let payload: Value =
        serde_json::from_slice(payload).map_err(|_| AwsError::incomplete(INVOKE, "Payload"))?;
    Ok(if failed {
        Err(
            FunctionError::deserialize(payload).unwrap_or_else(|error| FunctionError {
                error_type: unnamed(),
                error_message: error.to_string(),
            }),
        )
    } else {
        Ok(payload)
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn an_answer_is_what_was_returned_or_what_the_function_failed_with() {
        let returned = answer(false, br#"{"records": []}"#).unwrap();
        assert_eq!(returned, Ok(json!({"records": []})));
        let failed = br#"{"errorType": "SpotManager.InvalidInput", "errorMessage": "TopicArn is"}"#;
        let failed = answer(true, failed).unwrap().unwrap_err();
        assert_eq!(failed.to_string(), "SpotManager.InvalidInput: TopicArn is");
        // As a function ends that runs out of time.
        let ended = answer(true, br#"{"errorMessage": "Task timed out"}"#).unwrap();
        assert_eq!(ended.unwrap_err().error_type, "Lambda.Unknown");
        assert!(answer(false, b"").is_err());
    }
}
