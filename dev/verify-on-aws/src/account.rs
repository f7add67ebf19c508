//! Whose account it is.

use spotmanager_aws::{SdkConfig, account::caller};

use crate::error::VerifyError;

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
    ///
    /// # Errors
    /// [`VerifyError`] if the call fails or the answer lacks a field.
    pub(crate) async fn read(config: &SdkConfig) -> Result<Self, VerifyError> {
        let caller = caller(config).await?;
        // An ARN begins with `arn:PARTITION:`.
        let partition = caller.arn.split(':').nth(1).unwrap_or_default();
        Ok(Self {
            id: caller.account,
            partition: partition.to_owned(),
            caller_arn: caller.arn,
        })
    }

    /// An ARN of this account.
    pub(crate) fn arn(&self, service: &str, region: &str, resource: &str) -> String {
        let Self { id, partition, .. } = self;
        format!("arn:{partition}:{service}:{region}:{id}:{resource}")
    }
}
