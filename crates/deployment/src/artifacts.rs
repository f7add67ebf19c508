//! What is deployed: the functions' zip files, the state machine, the nested template.

use anyhow::{Context, Result};
use aws_config::SdkConfig;
use aws_sdk_s3::primitives::ByteStream;
use spotmanager_artifacts::{Compression, FILES, FUNCTIONS, packed};

use crate::Checkout;

/// The bucket that takes them.
pub const BUCKET: &str = "spotmanager-artifacts";
/// What this machine's builds run on, as Lambda names it.
pub const ARCHITECTURE: &str = if cfg!(target_arch = "aarch64") {
    "arm64"
} else {
    "x86_64"
};

/// Packs the functions as they are built, and uploads all that the templates name.
///
/// # Errors
/// When a file is missing or S3 refuses it.
pub async fn upload(config: &SdkConfig, checkout: &Checkout) -> Result<()> {
    for function in FUNCTIONS {
        let files = [("bootstrap", checkout.function(function))];
        let zip = packed(files, Compression::Stored)?;
        put_object(config, &format!("{function}.zip"), zip).await?;
    }
    for (key, path) in FILES {
        put_object(config, key, checkout.read(path)?.into_bytes()).await?;
    }
    Ok(())
}

/// Puts an object into [`BUCKET`].
///
/// # Errors
/// When S3 refuses it.
pub async fn put_object(config: &SdkConfig, key: &str, body: Vec<u8>) -> Result<()> {
    s3(config)
        .put_object()
        .bucket(BUCKET)
        .key(key)
        .body(ByteStream::from(body))
        .send()
        .await
        .with_context(|| format!("cannot upload {key}"))?;
    Ok(())
}

/// Creates [`BUCKET`].
///
/// # Errors
/// When S3 refuses.
pub async fn create_bucket(config: &SdkConfig) -> Result<()> {
    s3(config).create_bucket().bucket(BUCKET).send().await?;
    Ok(())
}

fn s3(config: &SdkConfig) -> aws_sdk_s3::Client {
    // A bucket in the host's name would need a name server.
    let config = aws_sdk_s3::config::Builder::from(config).force_path_style(true);
    aws_sdk_s3::Client::from_conf(config.build())
}
