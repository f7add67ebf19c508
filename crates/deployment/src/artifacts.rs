//! What is deployed: the functions' zip files, the state machine, the nested template.

use std::{
    fs,
    io::{Cursor, Write},
    path::PathBuf,
};

use anyhow::{Context, Result};
use aws_config::SdkConfig;
use aws_sdk_s3::primitives::ByteStream;
use zip::{CompressionMethod, ZipWriter, write::SimpleFileOptions};

use crate::Checkout;

/// The functions, in the order in which a job meets them.
pub const FUNCTIONS: [&str; 5] = ["start", "discover", "evaluate", "scale", "verify"];
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
        // Stored, since it travels over loopback only.
        let binary = [("bootstrap", checkout.function(function))];
        let zip = packed(binary, CompressionMethod::Stored)?;
        put_object(config, &format!("{function}.zip"), zip).await?;
    }
    for (key, path) in [
        ("spotmanager.asl.json", "statemachine/spotmanager.asl.json"),
        ("workers.yaml", "infra/workers.yaml"),
    ] {
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

/// A zip file with these files, each under its name in the zip.
///
/// # Errors
/// When a file cannot be read.
pub fn packed<'a>(
    files: impl IntoIterator<Item = (&'a str, PathBuf)>,
    method: CompressionMethod,
) -> Result<Vec<u8>> {
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    let options = SimpleFileOptions::default()
        .compression_method(method)
        .unix_permissions(0o755);
    for (name, path) in files {
        let content = fs::read(&path).with_context(|| format!("cannot read {}", path.display()))?;
        writer.start_file(name, options)?;
        writer.write_all(&content)?;
    }
    Ok(writer.finish()?.into_inner())
}
