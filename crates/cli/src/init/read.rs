//! The stack as far as parameters follow from it: its groups, its queues and its alarms.

use std::collections::BTreeSet;

use anyhow::Result;
use spotmanager_aws::{
    SdkConfig,
    alarms::{self, describe_alarms},
};
use spotmanager_discover::workers::{
    AUTO_SCALING_GROUP, Clients, ListedResource, NamedResource, QUEUE, Resources, WorkersError,
    find_each, read_groups, stack_tree,
};
use spotmanager_domain::{
    ErrorName, NamedError, Settings, SettingsOverride,
    resources::{Alarm, StackGroup},
};

use crate::{alarm_types::ALARM_TYPES, arguments::settings_of};

/// A stack of workers.
#[derive(Debug)]
pub(super) struct Stack {
    pub(super) groups: Vec<StackGroup>,
    /// The spot group that the command line names.
    pub(super) named_spot: Option<NamedResource>,
    /// The on-demand group that it names.
    pub(super) named_on_demand: Option<NamedResource>,
    pub(super) queues: Vec<ListedResource>,
    /// The stack's own.
    pub(super) alarms: Vec<Alarm>,
}

impl Stack {
    /// Names the groups with the template's own logical ids, if the stack has both.
    pub(super) fn name_default_pair(&mut self) {
        let settings = Settings::default();
        let find = |field, logical_id: &str| {
            let end = format!("/{logical_id}");
            let is_it = |group: &&StackGroup| {
                group.logical_id == logical_id || group.logical_id.ends_with(&end)
            };
            let group = self.groups.iter().find(is_it)?;
            Some(NamedResource {
                field,
                path: group.logical_id.clone(),
                physical_id: group.facts.name.clone(),
            })
        };
        let spot = find("spot_group_logical_id", &settings.spot_group_logical_id);
        let on_demand = find(
            "on_demand_group_logical_id",
            &settings.on_demand_group_logical_id,
        );
        if let (Some(spot), Some(on_demand)) = (spot, on_demand) {
            self.named_spot.get_or_insert(spot);
            self.named_on_demand.get_or_insert(on_demand);
        }
    }
}

/// Whether the stack is of use without its alarms.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Alarms {
    Needed,
    /// Left out if the caller may not read them.
    IfAllowed,
}

/// Reads the stack that is asked for.
///
/// # Errors
/// When AWS cannot be asked, there is no such stack, or it has not what is given.
pub(super) async fn stack(
    config: &SdkConfig,
    root: &str,
    given: &SettingsOverride,
    needed: Alarms,
) -> Result<Stack> {
    let clients = Clients::new(config);
    let mut tree = stack_tree(&clients, root);
    let settings = &settings_of(given)?;
    let mut wanted = Resources::named_by(settings);
    if given.spot_group_logical_id.is_none() {
        wanted.groups.spot = Err(());
    }
    if given.on_demand_group_logical_id.is_none() {
        wanted.groups.on_demand = Err(());
    }
    let named = find_each(&mut tree, wanted, Err::<(), WorkersError>).await?;

    let groups = tree.all_of(AUTO_SCALING_GROUP).await?;
    let queues = tree.all_of(QUEUE).await?;
    let mut own_alarms = BTreeSet::new();
    for kind in ALARM_TYPES {
        let alarms = tree.all_of(kind).await?;
        own_alarms.extend(alarms.into_iter().map(|alarm| alarm.physical_id));
    }
    let described_alarms = describe_alarms(&alarms::Client::new(config)).await;
    let mut alarms = match described_alarms {
        Err(error) if needed == Alarms::IfAllowed && error.name() == ErrorName::AccessDenied => {
            Vec::new()
        }
        described => described?,
    };
    alarms.retain(|alarm| own_alarms.contains(&alarm.name));
    Ok(Stack {
        groups: read_groups(&clients, groups, settings).await?,
        named_spot: named.groups.spot.ok(),
        named_on_demand: named.groups.on_demand.ok(),
        queues,
        alarms,
    })
}
