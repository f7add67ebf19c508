//! How every client is configured.

use std::{env, time::Duration};

use aws_config::{
    AppName, BehaviorVersion, Region, SdkConfig,
    environment::EnvironmentVariableCredentialsProvider, retry::RetryConfig,
    timeout::TimeoutConfig,
};
use aws_credential_types::provider::SharedCredentialsProvider;

use crate::{endpoints::EndpointVariables, http_client::http_client};

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

/// Region and credentials of a function, as Lambda provides them in its environment, with retries
/// and timeouts that fit within a step: the SDK mends what a second attempt mends, the state
/// machine the rest.
///
/// Files of profiles, other sources of credentials and their clients are left out, which makes a
/// function smaller and quicker to start than [`load_as`] does.
///
/// The program's name goes into each call's user agent, where CloudTrail shows it.
/// See <https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html>.
pub fn load(program: &'static str) -> SdkConfig {
    let credentials = EnvironmentVariableCredentialsProvider::new();
    let mut config = SdkConfig::builder()
        .behavior_version(BehaviorVersion::latest())
        .region(env::var("AWS_REGION").ok().map(Region::new))
        .credentials_provider(SharedCredentialsProvider::new(credentials))
        .service_config(EndpointVariables)
        .retry_config(retry_config())
        .timeout_config(timeout_config())
        .http_client(http_client());
    config.set_app_name(AppName::new(program).ok());
    config.build()
}

/// The configuration of a person, whose profiles and environment it reads as the AWS CLI does,
/// with the retries and timeouts of [`load`].
pub async fn load_as(program: &'static str, access: Access) -> SdkConfig {
    let mut config = aws_config::defaults(BehaviorVersion::latest())
        .retry_config(retry_config())
        .timeout_config(timeout_config())
        .http_client(http_client());
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

fn retry_config() -> RetryConfig {
    RetryConfig::standard().with_max_attempts(3)
}

fn timeout_config() -> TimeoutConfig {
    TimeoutConfig::builder()
        .connect_timeout(Duration::from_secs(3))
        .operation_attempt_timeout(Duration::from_secs(10))
        .build()
}
