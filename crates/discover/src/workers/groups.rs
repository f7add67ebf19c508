//! The groups that were found, as Auto Scaling describes them.

use std::collections::BTreeMap;

use spotmanager_aws::auto_scaling::{Client, describe_groups};
use spotmanager_domain::{SettingError, resources::AutoScalingGroup};

use crate::workers::{NamedResource, WorkersError};

/// Describes the groups in one call, each or why not.
///
/// # Errors
/// [`WorkersError`] when the call fails.
pub async fn describe<const N: usize>(
    client: &Client,
    found: [&NamedResource; N],
) -> Result<[Result<AutoScalingGroup, WorkersError>; N], WorkersError> {
    let names = found.map(|found| found.physical_id.as_str());
    let mut described: BTreeMap<_, _> = describe_groups(client, names)
        .await?
        .into_iter()
        .map(|group| (group.name.clone(), group))
        .collect();
    Ok(found.map(|found| {
        described
            .remove(&found.physical_id)
            .ok_or_else(|| WorkersError::GroupNotFound {
                field: found.field.into(),
                logical_id: found.path.clone(),
                name: found.physical_id.clone(),
            })
    }))
}

/// Checks that a pair is two groups: `a/asg` and `asg` may be two ways to write one.
///
/// # Errors
/// [`SettingError`] where it is one group.
pub(crate) fn check_distinct(
    spot: &NamedResource,
    on_demand: &NamedResource,
) -> Result<(), SettingError> {
    if spot.physical_id == on_demand.physical_id {
        return Err(SettingError::new(
            on_demand.field,
            &on_demand.path,
            format!("another group than {}", spot.field),
        ));
    }
    Ok(())
}
