//! Pairs of groups read, with all that the rules look at.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::Result;
use jiff::Timestamp;
use spotmanager_aws::{
    AwsError, SdkConfig,
    alarms::{self, describe_alarms},
    stacks::describe_stack,
    zones,
};
use spotmanager_discover::workers::{
    Clients, NamedResource, Pair, Resources, WorkersError, find_each, stack_tree,
};
use spotmanager_doctor::{Part, Snapshot, SpotManagerStack, is_in_use};
use spotmanager_domain::{
    Settings, SettingsOverride, WorkerPair, check_stack, is_stack_arn, resources::Alarm,
    stack_name_of,
};

use super::{
    chain,
    deployed::{self, Deployed},
    groups::{groups, select_scale_up},
    instance_roles, market, operation, queues,
    refusals::Refusals,
    unread::{Unread, is_refusal},
};
use crate::{
    alarm_types::ALARM_TYPES,
    arguments::{Doctor, named_as_option},
    basis,
    deployed::{Parameters, settings_of},
    on_demand,
};

/// What was read.
#[derive(Debug)]
pub(super) struct Reading {
    /// Every pair that is asked for.
    pub(super) snapshots: Vec<Snapshot>,
    /// SpotManager's own stack.
    pub(super) spotmanager: SpotManagerStack,
}

/// Reads every pair that is asked for.
///
/// # Errors
/// When AWS cannot be asked, or an option cannot be used.
pub(super) async fn snapshots(
    config: &SdkConfig,
    wanted: &Doctor,
    now: Timestamp,
) -> Result<Reading> {
    if let Some(stack) = &wanted.stack {
        check_stack("--stack", stack)?;
    }
    let clients = Clients::new(config);
    let mut refusals = Refusals::default();
    let spotmanager = wanted.spotmanager_stack.as_deref();
    let client = &clients.cloud_formation;
    let mut deployed = deployed::read(client, spotmanager, &mut refusals).await?;
    if let (Some(stack), None) = (&wanted.stack, found(&deployed.stack)) {
        let parameters = Box::pin(assumed(config, &clients, stack, wanted)).await?;
        deployed.settings = refusals.setting(settings_of(&parameters), Settings::default());
        if let Some(suffix) = parameters.get("TopicSuffix") {
            deployed.topic_suffix.clone_from(suffix);
        }
    }
    if let Some(suffix) = &wanted.topic_suffix {
        deployed.topic_suffix.clone_from(suffix);
    }

    let mut unread = Unread::default();
    let all = describe_alarms(&alarms::Client::new(config)).await;
    let alarms = unread.or_default(Part::Alarms, all)?;
    let region_zones = zones::of_region(&clients.ec2).await;
    let region_zones = unread.or_default(Part::Zones, region_zones)?;
    let operation = match found(&deployed.stack) {
        Some(()) => Box::pin(operation::read(config, &deployed, now)).await,
        None => None,
    };
    let (of_deployment, _) = refusals.finish();
    let reader = Reader {
        config,
        clients,
        deployed: &deployed,
        alarms,
        region_zones,
    };
    let given = wanted.settings.overrides();
    let mut snapshots = Vec::new();
    for pair in pairs(&deployed, wanted, &given) {
        let arn = wanted.stack.as_deref().filter(|stack| is_stack_arn(stack));
        let stack = arn.unwrap_or(&pair.stack_name).to_owned();
        let mut snapshot = Box::pin(reader.pair(&stack, pair, &given, &unread, now)).await?;
        snapshot.refusals.extend(of_deployment.iter().cloned());
        if let Some(operation) = &operation {
            let chain = Box::pin(chain::chain(config, &snapshot, operation)).await;
            snapshot.chain = Some(chain);
        }
        snapshots.push(snapshot);
    }
    Ok(Reading {
        snapshots,
        spotmanager: deployed.stack,
    })
}

fn found(stack: &SpotManagerStack) -> Option<()> {
    matches!(stack, SpotManagerStack::Found(_)).then_some(())
}

/// The parameters of a file, or those that `init` would assume; none if nothing could be read, which
/// the reading of the pair finds for itself.
async fn assumed(
    config: &SdkConfig,
    clients: &Clients,
    stack: &str,
    wanted: &Doctor,
) -> Result<Parameters> {
    let given = wanted.settings.overrides();
    let file = wanted.basis.parameters.as_deref();
    let described = describe_stack(&clients.cloud_formation, stack).await;
    if let Ok(Some(described)) = described
        && !is_in_use(&described.status)
    {
        // It has no groups yet, and its status is the finding.
        return Ok(Parameters::new());
    }
    match basis::parameters(config, stack, file, &given).await {
        Ok(parameters) => Ok(parameters),
        Err(error) if file.is_none() && is_found_again(&error) => Ok(Parameters::new()),
        Err(error) => Err(error),
    }
}

/// Whether the reading of the pair meets it too, and lists it.
fn is_found_again(error: &anyhow::Error) -> bool {
    match error.downcast_ref() {
        Some(WorkersError::Aws(error)) => is_refusal(error),
        Some(_) => true,
        None => error.downcast_ref().is_some_and(is_refusal),
    }
}

/// The pairs that are asked for; a spot group that is given names the one that has it.
fn pairs(deployed: &Deployed, wanted: &Doctor, given: &SettingsOverride) -> Vec<WorkerPair> {
    let mut pairs = deployed.pairs(wanted.stack.as_deref().map(stack_name_of));
    if let Some(id) = &given.spot_group_logical_id {
        let of_deployment = &deployed.settings.spot_group_logical_id;
        let has_it = |pair: &WorkerPair| pair.spot_group_logical_id(of_deployment) == id;
        if pairs.iter().any(has_it) {
            pairs.retain(has_it);
        } else {
            pairs.truncate(1);
        }
    }
    pairs
}

/// With what pairs are read.
struct Reader<'a> {
    config: &'a SdkConfig,
    clients: Clients,
    deployed: &'a Deployed,
    alarms: Vec<Alarm>,
    region_zones: Vec<String>,
}

impl Reader<'_> {
    async fn pair(
        &self,
        stack: &str,
        pair: WorkerPair,
        given: &SettingsOverride,
        unread: &Unread,
        now: Timestamp,
    ) -> Result<Snapshot> {
        let (config, clients, deployed) = (self.config, &self.clients, self.deployed);
        let mut refusals = Refusals::default();
        let settings = deployed.settings.clone().overridden(pair.settings.clone());
        let settings = refusals.setting(settings, deployed.settings.clone());
        let settings = settings.overridden(given.clone());
        let settings = settings.map_err(named_as_option)?;

        let described = describe_stack(&clients.cloud_formation, stack).await;
        let described = refusals.unread.take(Part::StackStatus, described)?;
        let stack_status = described.flatten().map(|stack| stack.status);
        let (found, own_alarms) = Box::pin(find(clients, stack, &settings, &mut refusals)).await?;
        let mut groups = Box::pin(groups(clients, &found, &settings, &mut refusals)).await?;
        Box::pin(instance_roles::read(
            config,
            clients,
            &mut groups,
            &settings,
        ))
        .await;
        select_scale_up(&groups, &settings, &mut refusals)?;

        let (mut lowest_prices, mut on_demand_prices) = (BTreeMap::new(), BTreeMap::new());
        if let Some(spot) = &groups.spot {
            let prices = market::lowest_prices(&clients.ec2, spot, &settings, now).await;
            lowest_prices = refusals.unread.or_default(Part::Prices, prices)?;
            let (types, product) = (
                &spot.read.launch.instance_types,
                &settings.product_description,
            );
            on_demand_prices = on_demand::prices(config, types, product).await;
        }
        let alarms = self.alarms.clone();
        let visibility_timeouts = queues::visibility_timeouts(config, &alarms, &groups).await;
        let (refusals, own_unread) = refusals.finish();
        Ok(Snapshot {
            stack_name: stack_name_of(stack).to_owned(),
            stack_status,
            unread: own_unread.with(unread).finish(),
            pair: Some(pair),
            topic_suffix: deployed.topic_suffix.clone(),
            settings,
            refusals,
            visibility_timeouts,
            spot_group: groups.spot,
            on_demand_group: groups.on_demand,
            alarms,
            own_alarms,
            region_zones: self.region_zones.clone(),
            lowest_prices,
            on_demand_prices,
            spotmanager: deployed.stack.clone(),
            chain: None,
        })
    }
}

/// The groups that the settings name in the stack, as far as they are there, and the names of the
/// stack's alarms.
async fn find(
    clients: &Clients,
    stack: &str,
    settings: &Settings,
    refusals: &mut Refusals,
) -> Result<(Pair<Option<NamedResource>>, BTreeSet<String>), AwsError> {
    const PART: Part = Part::WorkersStack;
    let mut tree = stack_tree(clients, stack);
    let wanted = Resources::named_by(settings);
    let found = find_each(&mut tree, wanted, |refused| {
        refusals.take::<()>(PART, Err(refused)).map(|_| ())
    });
    let groups = found.await?.groups;
    let mut alarms = BTreeSet::new();
    for kind in ALARM_TYPES {
        let found = refusals.take(PART, tree.all_of(kind).await)?;
        let found = found.unwrap_or_default();
        alarms.extend(found.into_iter().map(|alarm| alarm.physical_id));
    }
    let found = Pair {
        spot: groups.spot.ok(),
        on_demand: groups.on_demand.ok(),
    };
    Ok((found, alarms))
}
