//! The local AWS, for a program that deploys onto it.

use anyhow::Result;
use aws_config::{BehaviorVersion, Region, SdkConfig};
use aws_sdk_sfn::config::Credentials;
use spotmanager_fake_aws::{LocalAws, LocalAwsOptions};

use crate::Checkout;

/// How the local AWS is started for a program, whose logs go into a folder `of` its own.
///
/// # Errors
/// When the emulator is not installed.
pub fn local_aws_options(
    checkout: &Checkout,
    of: &str,
    time_scale: f64,
) -> Result<LocalAwsOptions> {
    Ok(LocalAwsOptions {
        python: checkout.tool("python")?,
        log_dir: checkout.logs(of),
        time_scale,
    })
}

/// How the SDKs reach the local AWS.
pub async fn sdk_config(local: &LocalAws) -> SdkConfig {
    aws_config::defaults(BehaviorVersion::latest())
        .http_client(spotmanager_aws::http_client())
        .endpoint_url(local.endpoint_url())
        .region(Region::new("us-east-1"))
        .credentials_provider(Credentials::new("test", "test", None, None, "local"))
        .load()
        .await
}
