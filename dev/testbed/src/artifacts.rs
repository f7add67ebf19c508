//! What is deployed: the functions' zip files, the state machine, the nested template.

use std::path::Path;

use anyhow::{Context, Result};
use aws_config::SdkConfig;
use spotmanager_artifacts::{Compression, FILES, FUNCTIONS, packed, write_as_built};
use spotmanager_aws::objects;

use crate::Checkout;

/// The bucket that takes them.
pub const BUCKET: &str = "spotmanager-artifacts";
/// Packs the functions as they are built, and uploads all that the templates name.
///
/// # Errors
/// When a file is missing or S3 refuses it.
pub async fn upload(config: &SdkConfig, checkout: &Checkout) -> Result<()> {
    for function in FUNCTIONS {
        put_object(config, &format!("{function}.zip"), zip(checkout, function)?).await?;
    }
    for (key, path) in FILES {
        put_object(config, key, checkout.read(path)?.into_bytes()).await?;
    }
    Ok(())
}

/// Packs the functions as they are built into a folder, with all that `spotmanager deploy` takes
/// from it.
///
/// # Errors
/// When a file is missing or cannot be written.
pub fn write_package(checkout: &Checkout, folder: &Path) -> Result<()> {
    write_as_built(
        checkout.root(),
        |function| checkout.function(function),
        folder,
    )
}

fn zip(checkout: &Checkout, function: &str) -> Result<Vec<u8>> {
    packed(
        [("bootstrap", checkout.function(function))],
        Compression::Stored,
    )
}

/// Puts an object into [`BUCKET`].
///
/// # Errors
/// When S3 refuses it.
pub async fn put_object(config: &SdkConfig, key: &str, body: Vec<u8>) -> Result<()> {
    objects::put_object(&objects::client(config), BUCKET, key, body)
        .await
        .with_context(|| format!("cannot upload {key}"))
}

/// Creates [`BUCKET`].
///
/// # Errors
/// When S3 refuses.
pub async fn create_bucket(config: &SdkConfig) -> Result<()> {
    objects::client(config)
        .create_bucket()
        .bucket(BUCKET)
        .send()
        .await?;
    Ok(())
}
