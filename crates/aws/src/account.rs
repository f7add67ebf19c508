//! Whose account is asked.

use aws_config::SdkConfig;
use aws_sdk_sts::Client;

use crate::AwsError;

const CALL: &str = "sts:GetCallerIdentity";

/// The account of the credentials, twelve digits. No policy can forbid the call.
/// See <https://docs.aws.amazon.com/STS/latest/APIReference/API_GetCallerIdentity.html>.
///
/// # Errors
/// [`AwsError`] when the call fails, or its reply has no account.
pub async fn caller_account(config: &SdkConfig) -> Result<String, AwsError> {
    let reply = Client::new(config).get_caller_identity().send().await;
    let reply = reply.map_err(|error| AwsError::new(CALL, error))?;
    reply
        .account
        .ok_or_else(|| AwsError::incomplete(CALL, "Account"))
}
