//! The stack as far as parameters follow from it: its groups, its queues and its alarms.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::Result;
use spotmanager_aws::{
    SdkConfig,
    alarms::{self, Alarm, describe_alarms},
    auto_scaling::{Policy, describe_groups, describe_policies},
    stacks::list_resources,
};
use spotmanager_contract::{ErrorName, NamedError, Settings, SettingsOverride};
use spotmanager_decision::Market;
use spotmanager_workers::{
    AUTO_SCALING_GROUP, Clients, Found, Listed, Policies, QUEUE, StackTree, Wanted, check_distinct,
    market, of_on_demand_group,
};

use crate::{alarm_types::ALARM_TYPES, arguments::settings_of};

/// A stack of workers.
#[derive(Debug)]
pub(super) struct Stack {
    pub(super) groups: Vec<Group>,
    /// The spot group that the command line names.
    pub(super) named_spot: Option<Found>,
    /// The on-demand group that it names.
    pub(super) named_on_demand: Option<Found>,
    pub(super) queues: Vec<Listed>,
    /// The stack's own.
    pub(super) alarms: Vec<Alarm>,
}

/// An Auto Scaling group of the stack.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Group {
    /// Its logical id, those of nested stacks before it.
    pub(super) path: String,
    pub(super) name: String,
    pub(super) market: Market,
    /// Why it launches nothing in either market, as without its launch template.
    pub(super) launches_nothing: Option<String>,
    pub(super) desired_capacity: i32,
    pub(super) policies: Vec<Policy>,
}

impl Group {
    pub(super) fn policies(&self) -> Policies<'_> {
        Policies {
            group: &self.name,
            policies: &self.policies,
        }
    }
}

impl Stack {
    /// Names the groups with the template's own logical ids, if the stack has both.
    pub(super) fn name_default_pair(&mut self) {
        let settings = Settings::default();
        let find = |field, logical_id: &str| {
            let end = format!("/{logical_id}");
            let is_it = |group: &&Group| group.path == logical_id || group.path.ends_with(&end);
            let group = self.groups.iter().find(is_it)?;
            Some(Found {
                field,
                path: group.path.clone(),
                physical_id: group.name.clone(),
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
    let client = &clients.cloud_formation;
    let mut tree = StackTree::new(root, async |stack: &str| {
        list_resources(client, stack).await
    });
    let settings = &settings_of(given)?;
    let mut named_spot = None;
    if given.spot_group_logical_id.is_some() {
        named_spot = Some(tree.find(Wanted::spot_group(settings)).await?);
    }
    let mut named_on_demand = None;
    if given.on_demand_group_logical_id.is_some() {
        named_on_demand = Some(tree.find(Wanted::on_demand_group(settings)).await?);
    }
    if let (Some(spot), Some(on_demand)) = (&named_spot, &named_on_demand) {
        check_distinct(spot, on_demand)?;
    }
    if let Some(queue) = Wanted::queue(settings) {
        tree.find(queue).await?;
    }

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
        groups: described(&clients, groups).await?,
        named_spot,
        named_on_demand,
        queues,
        alarms,
    })
}

/// The groups that exist, with their policies, in the order of their paths.
async fn described(clients: &Clients, listed: Vec<Listed>) -> Result<Vec<Group>> {
    let mut paths: BTreeMap<_, _> = listed
        .into_iter()
        .map(|one| (one.physical_id, one.path))
        .collect();
    // Without a name Auto Scaling describes every group of the account.
    if paths.is_empty() {
        return Ok(Vec::new());
    }
    let names = paths.keys().map(String::as_str);
    let mut groups = Vec::new();
    for group in describe_groups(&clients.auto_scaling, names).await? {
        let Some(path) = paths.remove(&group.name) else {
            continue;
        };
        let market = market(clients, &group).await?;
        // What buys spot launches something.
        let launches_nothing = match market {
            Market::Spot => None,
            Market::OnDemand => of_on_demand_group(clients, &group).await?.problem,
        };
        groups.push(Group {
            path,
            market,
            launches_nothing: launches_nothing.map(|problem| problem.to_string()),
            desired_capacity: group.capacity.desired_capacity,
            policies: describe_policies(&clients.auto_scaling, &group.name).await?,
            name: group.name,
        });
    }
    groups.sort_by(|one, other| one.path.cmp(&other.path));
    Ok(groups)
}
