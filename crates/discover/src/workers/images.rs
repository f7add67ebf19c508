//! The images that a group launches.

use std::collections::BTreeSet;

use spotmanager_aws::{
    AwsError, auto_scaling::describe_launch_configuration, launch_templates::describe_version,
};
use spotmanager_domain::resources::{AutoScalingGroup, LaunchSource};

use crate::workers::Clients;

/// The ids of the images as they stand in what the group launches with, of a mixed instances policy
/// those of every template.
///
/// # Errors
/// [`AwsError`] when a call fails.
pub async fn image_ids(
    clients: &Clients,
    group: &AutoScalingGroup,
) -> Result<BTreeSet<String>, AwsError> {
    let templates: BTreeSet<_> = match &group.launch_source {
        None => BTreeSet::new(),
        Some(LaunchSource::LaunchConfiguration(name)) => {
            let settings = describe_launch_configuration(&clients.auto_scaling, name).await?;
            let image_id = settings.and_then(|settings| settings.image_id);
            return Ok(image_id.into_iter().collect());
        }
        Some(LaunchSource::LaunchTemplate(template)) => [template].into(),
        Some(LaunchSource::MixedInstancesPolicy {
            launch_template,
            overrides,
            ..
        }) => {
            let own = overrides
                .iter()
                .map(|entry| entry.launch_template.as_ref().unwrap_or(launch_template));
            if overrides.is_empty() {
                [launch_template].into()
            } else {
                own.collect()
            }
        }
    };
    let mut image_ids = BTreeSet::new();
    for template in templates {
        let settings = describe_version(&clients.ec2, &template.id, &template.version).await?;
        image_ids.extend(settings.and_then(|settings| settings.image_id));
    }
    Ok(image_ids)
}
