//! How every client is configured.

use std::time::Duration;

use aws_config::{AppName, BehaviorVersion, SdkConfig, retry::RetryConfig, timeout::TimeoutConfig};

/// Loads region and credentials as Lambda provides them, with retries and timeouts that fit
/// within a step: the SDK mends what a second attempt mends, the state machine the rest.
///
/// The program's name goes into each call's user agent, where CloudTrail shows it.
pub async fn load(program: &'static str) -> SdkConfig {
    let config = aws_config::defaults(BehaviorVersion::latest())
        .retry_config(RetryConfig::standard().with_max_attempts(3))
        .timeout_config(
            TimeoutConfig::builder()
                .connect_timeout(Duration::from_secs(3))
                .operation_attempt_timeout(Duration::from_secs(10))
                .build(),
        );
    match AppName::new(program) {
        Ok(name) => config.app_name(name).load().await,
        // The name serves the reader of a trail: without it the calls work as well.
        Err(_) => config.load().await,
    }
}
