//! Objects in S3.

use std::time::Duration;

use aws_config::{SdkConfig, timeout::TimeoutConfig};
use aws_sdk_s3::{config::Builder, primitives::ByteStream};

pub use aws_sdk_s3::Client;

use crate::AwsError;

/// A client that has minutes for an object, for a line may be slow.
///
/// An endpoint of one's own is asked by path: a bucket in the host's name would need a name server.
/// See <https://docs.aws.amazon.com/AmazonS3/latest/userguide/VirtualHosting.html>.
#[must_use]
pub fn client(config: &SdkConfig) -> Client {
    let timeouts = TimeoutConfig::builder()
        .connect_timeout(Duration::from_secs(3))
        .operation_attempt_timeout(Duration::from_secs(300))
        .build();
    let own = Builder::from(config)
        .force_path_style(config.endpoint_url().is_some())
        .timeout_config(timeouts);
    Client::from_conf(own.build())
}

/// Whether an object is there, as far as the caller may see it.
/// See <https://docs.aws.amazon.com/AmazonS3/latest/API/API_HeadObject.html>.
pub async fn is_there(client: &Client, bucket: &str, key: &str) -> bool {
    let head = client.head_object().bucket(bucket).key(key).send();
    head.await.is_ok()
}

/// Puts an object into a bucket.
/// See <https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutObject.html>.
///
/// # Errors
/// [`AwsError`] when the call fails.
pub async fn put_object(
    client: &Client,
    bucket: &str,
    key: &str,
    body: Vec<u8>,
) -> Result<(), AwsError> {
    client
        .put_object()
        .bucket(bucket)
        .key(key)
        .body(ByteStream::from(body))
        .send()
        .await
        .map_err(|error| AwsError::new("s3:PutObject", error))?;
    Ok(())
}
