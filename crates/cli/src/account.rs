//! Which account and region AWS is asked in, as messages name them.

use std::fmt;

use spotmanager_aws::{AwsError, SdkConfig, account::caller};

/// An account in a region.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Account {
    /// Twelve digits.
    pub(crate) id: String,
    /// Such as `eu-west-1`.
    pub(crate) region: String,
}

impl Account {
    /// Asks AWS whose credentials are used.
    ///
    /// # Errors
    /// [`AwsError`] when the call fails.
    pub(crate) async fn read(config: &SdkConfig) -> Result<Self, AwsError> {
        Ok(Self {
            id: caller(config).await?.account,
            region: config.region().map(ToString::to_string).unwrap_or_default(),
        })
    }
}

/// The account and region that are asked, as far as AWS says which they are.
pub(crate) async fn place(config: &SdkConfig) -> String {
    match Account::read(config).await {
        Ok(account) => account.to_string(),
        Err(_) => "this account and region".to_owned(),
    }
}

impl fmt::Display for Account {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "account {}, region {}", self.id, self.region)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_names_account_and_region() {
        let account = Account {
            id: "111122223333".into(),
            region: "eu-west-1".into(),
        };
        assert_eq!(
            account.to_string(),
            "account 111122223333, region eu-west-1"
        );
    }
}
