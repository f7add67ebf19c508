//! Deploys SpotManager as it is in `infra/` and `statemachine/`, and looks at what it does.
//!
//! The demo and the end-to-end tests share it: they differ only in what they play.

mod artifacts;
mod checkout;
mod deployed;
mod executions;
mod groups;
mod queue;
mod stacks;

pub use artifacts::{ARCHITECTURE, BUCKET, FUNCTIONS, create_bucket, put_object, upload};
pub use checkout::Checkout;
pub use deployed::{SpotManager, Workers, local_aws_options};
pub use executions::Executions;
pub use groups::{GroupSize, group_size, wait_for_size};
pub use queue::Queue;
pub use stacks::{Stack, create_stack};

use std::time::Duration;

use anyhow::{Result, bail};
use aws_config::{BehaviorVersion, Region, SdkConfig};
use aws_sdk_sfn::config::Credentials;
use spotmanager_local::LocalAws;
use tokio::time::{Instant, sleep};

/// How the SDKs reach the local AWS.
pub async fn sdk_config(local: &LocalAws) -> SdkConfig {
    aws_config::defaults(BehaviorVersion::latest())
        .endpoint_url(local.endpoint_url())
        .region(Region::new("us-east-1"))
        .credentials_provider(Credentials::new("test", "test", None, None, "local"))
        .load()
        .await
}

/// Asks until there is an answer.
///
/// # Errors
/// When asking fails, or nothing came within `at_most`.
pub async fn poll<T>(
    what: &str,
    at_most: Duration,
    mut ask: impl AsyncFnMut() -> Result<Option<T>>,
) -> Result<T> {
    let begin = Instant::now();
    loop {
        if let Some(answer) = ask().await? {
            return Ok(answer);
        }
        if begin.elapsed() > at_most {
            bail!("{what} took more than {at_most:?}");
        }
        sleep(Duration::from_millis(50)).await;
    }
}
