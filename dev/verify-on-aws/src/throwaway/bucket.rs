//! The bucket with the packages.

use aws_sdk_s3::types::{BucketLocationConstraint, CreateBucketConfiguration, Tag, Tagging};
use spotmanager_aws::{AwsError, objects::put_object};

use crate::{
    error::VerifyError,
    names::{Names, TAG},
    region::Region,
    waits::Waits,
};

/// Creates and tags the bucket of a region.
/// See <https://docs.aws.amazon.com/AmazonS3/latest/API/API_CreateBucket.html>.
///
/// # Errors
/// [`VerifyError::Aws`] if S3 refuses.
pub(crate) async fn create(region: &Region, names: &Names) -> Result<(), VerifyError> {
    // us-east-1 is the region of a bucket without a location, and is refused as one.
    let location = (region.name != "us-east-1").then(|| {
        CreateBucketConfiguration::builder()
            .location_constraint(BucketLocationConstraint::from(region.name.as_str()))
            .build()
    });
    let bucket = names.bucket(&region.name);
    region
        .s3
        .create_bucket()
        .bucket(&bucket)
        .set_create_bucket_configuration(location)
        .send()
        .await
        .map_err(|error| AwsError::new("s3:CreateBucket", error))?;
    let tag = Tag::builder().key(TAG).value(names.suffix()).build();
    let tagging = tag.and_then(|tag| Tagging::builder().tag_set(tag).build());
    region
        .s3
        .put_bucket_tagging()
        .bucket(&bucket)
        .set_tagging(tagging.ok())
        .send()
        .await
        .map_err(|error| AwsError::new("s3:PutBucketTagging", error))?;
    Ok(())
}

/// Uploads files by their keys.
///
/// # Errors
/// [`VerifyError`] if S3 refuses one, or the person at the terminal wants an end.
pub(crate) async fn upload(
    region: &Region,
    names: &Names,
    files: &[(String, Vec<u8>)],
    waits: &Waits,
) -> Result<(), VerifyError> {
    let bucket = names.bucket(&region.name);
    for (key, content) in files {
        waits.go_on()?;
        put_object(&region.s3, &bucket, key, content.clone()).await?;
    }
    Ok(())
}

/// Empties the bucket and deletes it, if it is there and this account's.
/// See <https://docs.aws.amazon.com/AmazonS3/latest/API/API_DeleteBucket.html>
/// and <https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucket-owner-condition.html>.
///
/// # Errors
/// [`VerifyError::Aws`] if S3 refuses, also because the bucket is another account's;
/// [`VerifyError::NotOurs`] if it has another tag.
pub(crate) async fn delete(
    region: &Region,
    names: &Names,
    account: &str,
) -> Result<(), VerifyError> {
    let bucket = names.bucket(&region.name);
    expect_ours(region, names, &bucket, account).await?;
    let mut objects = region
        .s3
        .list_objects_v2()
        .bucket(&bucket)
        .expected_bucket_owner(account)
        .into_paginator()
        .send();
    while let Some(page) = objects.next().await {
        let page = match page.map_err(|error| AwsError::new("s3:ListBucket", error)) {
            Err(error) if error.code == "NoSuchBucket" => return Ok(()),
            page => page?,
        };
        for key in page.contents().iter().filter_map(|object| object.key()) {
            let delete = region.s3.delete_object().bucket(&bucket).key(key);
            let delete = delete.expected_bucket_owner(account);
            delete
                .send()
                .await
                .map_err(|error| AwsError::new("s3:DeleteObject", error))?;
        }
    }
    let delete = region.s3.delete_bucket().bucket(&bucket);
    let delete = delete.expected_bucket_owner(account);
    delete
        .send()
        .await
        .map_err(|error| AwsError::new("s3:DeleteBucket", error))?;
    Ok(())
}

/// A bucket that a kill kept from being tagged is ours too: nobody else makes one of this name in
/// this account.
async fn expect_ours(
    region: &Region,
    names: &Names,
    bucket: &str,
    account: &str,
) -> Result<(), VerifyError> {
    let tagging = region.s3.get_bucket_tagging().bucket(bucket);
    let tagging = tagging.expected_bucket_owner(account).send().await;
    let tags = match tagging.map_err(|error| AwsError::new("s3:GetBucketTagging", error)) {
        Ok(found) => found.tag_set,
        Err(error) if ["NoSuchBucket", "NoSuchTagSet"].contains(&error.code.as_str()) => {
            return Ok(());
        }
        Err(error) => return Err(error.into()),
    };
    let is_ours = |tag: &Tag| tag.key() == TAG && tag.value() == names.suffix();
    if tags.iter().any(is_ours) {
        return Ok(());
    }
    Err(VerifyError::NotOurs {
        what: format!("bucket {bucket}"),
        tag: format!("{TAG}={}", names.suffix()),
    })
}
