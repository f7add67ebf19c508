//! How the clients of a function are configured.

use std::{env, time::Duration};

use aws_config::{
    AppName, BehaviorVersion, Region, SdkConfig,
    environment::EnvironmentVariableCredentialsProvider, retry::RetryConfig,
    timeout::TimeoutConfig,
};
use aws_credential_types::provider::SharedCredentialsProvider;

use crate::{endpoints::EndpointVariables, http_client::http_client};

/// Region and credentials of a function, as Lambda provides them in its environment, with retries
/// and timeouts that fit within a step: the SDK mends what a second attempt mends, the state
/// machine the rest.
///
/// Files of profiles, other sources of credentials and their clients are left out, which makes a
/// function smaller and quicker to start than [`load_as`](crate::load_as) does.
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

pub(crate) fn retry_config() -> RetryConfig {
    RetryConfig::standard().with_max_attempts(3)
}

pub(crate) fn timeout_config() -> TimeoutConfig {
    TimeoutConfig::builder()
        .connect_timeout(Duration::from_secs(3))
        .operation_attempt_timeout(Duration::from_secs(10))
        .build()
}
