//! The roles that instances have.

pub use aws_sdk_iam::Client;

use crate::AwsError;

/// The ARNs of the roles in an instance profile, by the profile's name or ARN; `None` if there is no
/// such profile.
/// See <https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetInstanceProfile.html>.
///
/// # Errors
/// [`AwsError`] when the call fails.
pub async fn roles_of(client: &Client, profile: &str) -> Result<Option<Vec<String>>, AwsError> {
    let name = profile.rsplit('/').next().unwrap_or(profile);
    let call = client.get_instance_profile().instance_profile_name(name);
    let described = call.send().await;
    match described.map_err(|error| AwsError::new("iam:GetInstanceProfile", error)) {
        Ok(described) => Ok(described.instance_profile().map(|profile| {
            let roles = profile.roles().iter();
            roles.map(|role| role.arn().to_owned()).collect()
        })),
        Err(error) if error.code == "NoSuchEntity" => Ok(None),
        Err(error) => Err(error),
    }
}
