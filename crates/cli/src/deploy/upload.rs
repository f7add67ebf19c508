//! The packages, into the bucket.

use std::time::Duration;

use anyhow::{Context, Result};
use indicatif::{HumanBytes, ProgressBar};
use spotmanager_aws::{
    SdkConfig,
    objects::{client, is_there, put_object},
};

use super::package::Package;

/// Uploads every file under the prefix that is not there.
///
/// # Errors
/// When S3 refuses one; it names the bucket.
pub(super) async fn upload(
    config: &SdkConfig,
    package: &Package,
    bucket: &str,
    prefix: &str,
) -> Result<()> {
    let client = client(config);
    let spinner = ProgressBar::new_spinner();
    spinner.enable_steady_tick(Duration::from_millis(100));
    for (name, content) in &package.files {
        let key = format!("{prefix}{name}");
        // The prefix goes by what the files hold, so one that is there is the same.
        if is_there(&client, bucket, &key).await {
            continue;
        }
        let size = HumanBytes(u64::try_from(content.len()).unwrap_or(u64::MAX));
        spinner.set_message(format!("uploading s3://{bucket}/{key}, {size}"));
        let put = put_object(&client, bucket, &key, content.clone()).await;
        put.with_context(|| format!("cannot upload s3://{bucket}/{key}"))?;
    }
    spinner.finish_and_clear();
    Ok(())
}
