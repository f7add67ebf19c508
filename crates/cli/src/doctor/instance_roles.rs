//! The roles of a group's instances, which the caller of LaunchInstances must be allowed to pass.

use std::collections::BTreeSet;

use spotmanager_aws::{AwsError, SdkConfig, instance_profiles, launch_templates::describe_version};
use spotmanager_discover::workers::{Clients, Pair};
use spotmanager_doctor::WorkerGroup;
use spotmanager_domain::{
    Settings,
    resources::{AutoScalingGroup, LaunchSource, LaunchTemplate},
    settings::LaunchBy,
};

use super::unread::found;

/// Reads the roles of both groups if the settings have LaunchInstances called.
pub(super) async fn read(
    config: &SdkConfig,
    clients: &Clients,
    groups: &mut Pair<Option<WorkerGroup>>,
    settings: &Settings,
) {
    if settings.launch_by != LaunchBy::LaunchInstances {
        return;
    }
    for group in groups.spot.iter_mut().chain(&mut groups.on_demand) {
        let roles = roles(config, clients, &group.read.facts).await;
        group.instance_roles = found(roles.map(Some));
    }
}

/// The roles in the instance profiles of every template that the group launches with.
async fn roles(
    config: &SdkConfig,
    clients: &Clients,
    group: &AutoScalingGroup,
) -> Result<BTreeSet<String>, AwsError> {
    let client = instance_profiles::Client::new(config);
    let mut profiles = BTreeSet::new();
    for LaunchTemplate { id, version } in templates(group) {
        let settings = describe_version(&clients.ec2, id, version).await?;
        profiles.extend(settings.and_then(|settings| settings.instance_profile));
    }
    let mut roles = BTreeSet::new();
    for profile in profiles {
        let of_profile = instance_profiles::roles_of(&client, &profile).await?;
        roles.extend(of_profile.unwrap_or_default());
    }
    Ok(roles)
}

fn templates(group: &AutoScalingGroup) -> BTreeSet<&LaunchTemplate> {
    match &group.launch_source {
        None | Some(LaunchSource::LaunchConfiguration(_)) => BTreeSet::new(),
        Some(LaunchSource::LaunchTemplate(template)) => [template].into(),
        Some(LaunchSource::MixedInstancesPolicy {
            launch_template,
            overrides,
            ..
        }) => {
            let own = overrides
                .iter()
                .filter_map(|one| one.launch_template.as_ref());
            std::iter::once(launch_template).chain(own).collect()
        }
    }
}
