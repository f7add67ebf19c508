//! Whose account is asked, and as whom.

use aws_config::SdkConfig;
use aws_sdk_sts::Client;

use crate::AwsError;

const CALL: &str = "sts:GetCallerIdentity";

/// Who calls.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Caller {
    /// The account, twelve digits.
    pub account: String,
    /// The ARN of the user or the role's session.
    pub arn: String,
}

/// Who the credentials are. No policy can forbid the call.
/// See <https://docs.aws.amazon.com/STS/latest/APIReference/API_GetCallerIdentity.html>.
///
/// # Errors
/// [`AwsError`] when the call fails, or its reply lacks a field.
pub async fn caller(config: &SdkConfig) -> Result<Caller, AwsError> {
    let reply = Client::new(config).get_caller_identity().send().await;
    let reply = reply.map_err(|error| AwsError::new(CALL, error))?;
    let lacks = |field| AwsError::incomplete(CALL, field);
    Ok(Caller {
        account: reply.account.ok_or_else(|| lacks("Account"))?,
        arn: reply.arn.ok_or_else(|| lacks("Arn"))?,
    })
}
