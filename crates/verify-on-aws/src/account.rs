//! Whose account it is.

use aws_config::SdkConfig;
use aws_sdk_sts::Client;
use spotmanager_aws::AwsError;

use crate::error::VerifyError;

const CALL: &str = "sts:GetCallerIdentity";

/// The account, and who calls.
#[derive(Clone, Debug)]
pub(crate) struct Account {
    /// Twelve digits.
    pub(crate) id: String,
    /// The caller's ARN.
    pub(crate) caller_arn: String,
    /// Such as `aws`.
    pub(crate) partition: String,
}

impl Account {
    /// Asks AWS.
    /// See <https://docs.aws.amazon.com/STS/latest/APIReference/API_GetCallerIdentity.html>.
    ///
    /// # Errors
    /// [`VerifyError`] if the call fails or the answer lacks a field.
    pub(crate) async fn read(config: &SdkConfig) -> Result<Self, VerifyError> {
        let reply = Client::new(config).get_caller_identity().send().await;
        let reply = reply.map_err(|error| AwsError::new(CALL, error))?;
        let lacks = |field: &str| VerifyError::Incomplete {
            call: CALL,
            field: field.to_owned(),
        };
        let caller_arn = reply.arn.ok_or_else(|| lacks("Arn"))?;
        let partition = caller_arn.split(':').nth(1).ok_or_else(|| lacks("Arn"))?;
        Ok(Self {
            id: reply.account.ok_or_else(|| lacks("Account"))?,
            partition: partition.to_owned(),
            caller_arn,
        })
    }

    /// An ARN of this account.
    pub(crate) fn arn(&self, service: &str, region: &str, resource: &str) -> String {
        let Self { id, partition, .. } = self;
        format!("arn:{partition}:{service}:{region}:{id}:{resource}")
    }
}
