//! How every client is configured.

use std::time::Duration;

use aws_config::{
    AppName, BehaviorVersion, Region, SdkConfig, retry::RetryConfig, timeout::TimeoutConfig,
};

/// What a person chooses otherwise than the environment and the configuration files say, as the
/// AWS CLI's options of the same names do.
/// See <https://docs.aws.amazon.com/cli/latest/userguide/cli-configure-options.html>.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Access {
    /// The profile in the configuration files.
    pub profile: Option<String>,
    /// Such as `eu-west-1`.
    pub region: Option<String>,
    /// The endpoint of every service.
    pub endpoint_url: Option<String>,
}

/// Loads region and credentials as Lambda provides them, with retries and timeouts that fit
/// within a step: the SDK mends what a second attempt mends, the state machine the rest.
///
/// The program's name goes into each call's user agent, where CloudTrail shows it.
pub async fn load(program: &'static str) -> SdkConfig {
    load_as(program, Access::default()).await
}

/// The same, as a person chooses.
pub async fn load_as(program: &'static str, access: Access) -> SdkConfig {
    let mut config = aws_config::defaults(BehaviorVersion::latest())
        .retry_config(RetryConfig::standard().with_max_attempts(3))
        .timeout_config(
            TimeoutConfig::builder()
                .connect_timeout(Duration::from_secs(3))
                .operation_attempt_timeout(Duration::from_secs(10))
                .build(),
        );
    if let Some(profile) = access.profile {
        config = config.profile_name(profile);
    }
    if let Some(region) = access.region {
        config = config.region(Region::new(region));
    }
    if let Some(endpoint_url) = access.endpoint_url {
        config = config.endpoint_url(endpoint_url);
    }
    match AppName::new(program) {
        Ok(name) => config.app_name(name).load().await,
        // The name serves the reader of a trail: without it the calls work as well.
        Err(_) => config.load().await,
    }
}
