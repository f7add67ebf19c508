//! A stack read, with all that the rules look at.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::Result;
use spotmanager_aws::{
    AwsError, SdkConfig,
    alarms::{self, describe_alarms},
    auto_scaling::{self, AutoScalingGroup, LaunchSource, describe_policies},
    stacks::list_resources,
    subnets::{Zone, availability_zones},
    zones,
};
use spotmanager_contract::{Settings, check_stack, stack_name_of};
use spotmanager_decision::Market;
use spotmanager_doctor::{Alarm, LaunchKind, Policy, QueueMetric, Snapshot, WorkerGroup};
use spotmanager_workers::{
    Clients, Found, Policies, StackTree, Wanted, WorkersError, check_distinct, describe, image_ids,
    of_on_demand_group, of_spot_group, select, select_scale_down, zones_of,
};

use super::{
    chain, deployed, market, queues,
    refusals::{Refusals, sentence},
};
use crate::{alarm_types::ALARM_TYPES, arguments::Doctor, on_demand};

/// Reads the stack that is asked for.
///
/// # Errors
/// When AWS cannot be asked, or an option cannot be used.
pub(super) async fn snapshot(config: &SdkConfig, wanted: &Doctor) -> Result<Snapshot> {
    let stack = wanted.stack.as_str();
    check_stack("--stack", stack)?;
    let stack_name = stack_name_of(stack);
    let clients = Clients::new(config);
    let mut refusals = Refusals::default();
    let spotmanager = wanted.spotmanager_stack.as_deref();
    let client = &clients.cloud_formation;
    let deployed = deployed::read(client, spotmanager, stack_name, &mut refusals).await?;
    let settings = deployed.settings.overridden(wanted.settings.overrides())?;

    let resources = Box::pin(find(&clients, stack, &settings, &mut refusals)).await?;
    let groups = Box::pin(groups(&clients, &resources, &settings, &mut refusals)).await?;
    let return_refusal = groups.on_demand.as_ref().and_then(|group| {
        let desired_capacity = group.worker.capacity.desired_capacity.max(1);
        let contains = &settings.scale_down_policy_name_contains;
        let refused = select_scale_down(group.policies(), contains, desired_capacity).err()?;
        Some(sentence(&refused.to_string()))
    });
    select_scale_up(&groups, &settings, &mut refusals)?;

    let [spot_group, on_demand_group] =
        [groups.spot, groups.on_demand].map(|group| group.map(|group| group.worker));
    let (mut lowest_prices, mut on_demand_prices) = (BTreeMap::new(), BTreeMap::new());
    if let Some(spot) = &spot_group {
        lowest_prices = market::lowest_prices(&clients.ec2, spot, &settings).await?;
        let (types, product) = (&spot.instance_types, &settings.product_description);
        on_demand_prices = on_demand::prices(config, types, product).await;
    }
    let alarms = describe_alarms(&alarms::Client::new(config)).await?;
    let alarms: Vec<_> = alarms
        .into_iter()
        .map(|alarm| of_stack(alarm, &resources.alarms))
        .collect();
    let groups = [&spot_group, &on_demand_group];
    let mut snapshot = Snapshot {
        stack_name: stack_name.to_owned(),
        topic_suffix: match &wanted.topic_suffix {
            Some(suffix) => suffix.clone(),
            None => deployed.topic_suffix,
        },
        settings,
        refusals: refusals.finish(),
        return_refusal,
        visibility_timeouts: queues::visibility_timeouts(config, &alarms, groups).await,
        spot_group,
        on_demand_group,
        alarms,
        region_zones: zones::of_region(&clients.ec2).await?,
        lowest_prices,
        on_demand_prices,
        spotmanager: deployed.stack,
        chain: None,
    };
    snapshot.chain = Box::pin(chain::chain(config, &snapshot, &deployed.outputs)).await;
    Ok(snapshot)
}

/// What the settings name in the stack, as far as it is there, and the stack's alarms.
#[derive(Debug)]
struct Resources {
    spot: Option<Found>,
    on_demand: Option<Found>,
    alarms: BTreeSet<String>,
}

async fn find(
    clients: &Clients,
    stack: &str,
    settings: &Settings,
    refusals: &mut Refusals,
) -> Result<Resources, AwsError> {
    let client = &clients.cloud_formation;
    let mut tree = StackTree::new(stack, async |stack: &str| {
        list_resources(client, stack).await
    });
    let spot = refusals.take(tree.find(Wanted::spot_group(settings)).await)?;
    let on_demand = refusals.take(tree.find(Wanted::on_demand_group(settings)).await)?;
    if let Some(queue) = Wanted::queue(settings) {
        refusals.take(tree.find(queue).await)?;
    }
    if let (Some(spot), Some(on_demand)) = (&spot, &on_demand) {
        let distinct = check_distinct(spot, on_demand);
        refusals.take(distinct.map_err(WorkersError::from))?;
    }
    let mut alarms = BTreeSet::new();
    for kind in ALARM_TYPES {
        let found = refusals.take(tree.all_of(kind).await)?.unwrap_or_default();
        alarms.extend(found.into_iter().map(|alarm| alarm.physical_id));
    }
    Ok(Resources {
        spot,
        on_demand,
        alarms,
    })
}

/// A group as the rules see it, with its policies as they are selected from.
#[derive(Debug)]
struct Read {
    worker: WorkerGroup,
    policies: Vec<auto_scaling::Policy>,
}

impl Read {
    fn policies(&self) -> Policies<'_> {
        Policies {
            group: &self.worker.name,
            policies: &self.policies,
        }
    }
}

#[derive(Debug)]
struct Groups {
    spot: Option<Read>,
    on_demand: Option<Read>,
}

async fn groups(
    clients: &Clients,
    resources: &Resources,
    settings: &Settings,
    refusals: &mut Refusals,
) -> Result<Groups, AwsError> {
    let (mut spot, mut on_demand) = (None, None);
    if let Some(found) = &resources.spot {
        spot = Box::pin(group(clients, found, Market::Spot, settings, refusals)).await?;
    }
    if let Some(found) = &resources.on_demand {
        let read = group(clients, found, Market::OnDemand, settings, refusals);
        on_demand = Box::pin(read).await?;
    }
    Ok(Groups { spot, on_demand })
}

async fn group(
    clients: &Clients,
    found: &Found,
    market: Market,
    settings: &Settings,
    refusals: &mut Refusals,
) -> Result<Option<Read>, AwsError> {
    let described = describe(&clients.auto_scaling, [found]).await;
    let described = described.and_then(|[group]| group);
    let Some(group) = refusals.take(described)? else {
        return Ok(None);
    };
    let launch = match market {
        Market::Spot => of_spot_group(clients, &group, settings.maximum_spot_price_usd).await?,
        Market::OnDemand => of_on_demand_group(clients, &group).await?,
    };
    let policies = describe_policies(&clients.auto_scaling, &group.name).await?;
    let zones = subnet_zones(clients, &group).await?;
    let worker = WorkerGroup {
        market,
        logical_id: found.path.clone(),
        stack_name: group.tags.get("aws:cloudformation:stack-name").cloned(),
        capacity: group.capacity,
        default_cooldown_seconds: group.default_cooldown_seconds,
        launch: match &group.launch_source {
            None => LaunchKind::Nothing,
            Some(LaunchSource::LaunchTemplate(_)) => LaunchKind::LaunchTemplate,
            Some(LaunchSource::LaunchConfiguration(name)) => {
                LaunchKind::LaunchConfiguration(name.clone())
            }
            Some(LaunchSource::MixedInstancesPolicy { .. }) => LaunchKind::MixedInstancesPolicy,
        },
        instance_types: launch.instance_types,
        weighted_capacities: launch.weighted_capacities,
        maximum_price: launch.maximum_price,
        launch_problem: launch.problem.map(|problem| sentence(&problem)),
        image_ids: image_ids(clients, &group).await?,
        availability_zones: zones_of(&group, &zones),
        subnets: group
            .subnet_ids
            .iter()
            .map(|id| (id.clone(), zones.get(id).map(|zone| zone.name.clone())))
            .collect(),
        policies: policies.iter().map(policy).collect(),
        suspended_processes: group.suspended_processes,
        name: group.name,
    };
    Ok(Some(Read { worker, policies }))
}

/// The zones of the group's subnets that are there; each is asked for alone, for EC2 refuses all
/// where one is gone.
async fn subnet_zones(
    clients: &Clients,
    group: &AutoScalingGroup,
) -> Result<BTreeMap<String, Zone>, AwsError> {
    let mut zones = BTreeMap::new();
    for id in &group.subnet_ids {
        match availability_zones(&clients.ec2, [id.clone()]).await {
            Ok(found) => zones.extend(found),
            Err(error) if error.code.starts_with("InvalidSubnetID") => {}
            Err(error) => return Err(error),
        }
    }
    Ok(zones)
}

fn policy(policy: &auto_scaling::Policy) -> Policy {
    Policy {
        name: policy.name.clone(),
        arn: policy.arn.clone(),
        policy_type: policy.policy_type.clone(),
        adjustment_type: policy.adjustment_type.clone(),
        adjustments: policy.adjustments.clone(),
        cooldown_seconds: policy.cooldown_seconds,
        enabled: policy.enabled,
    }
}

/// Selects the scale-up policies as *discover* does, for what it would refuse.
fn select_scale_up(
    groups: &Groups,
    settings: &Settings,
    refusals: &mut Refusals,
) -> Result<(), AwsError> {
    let nothing = Policies {
        group: "the other group",
        policies: &[],
    };
    let pair = [&groups.spot, &groups.on_demand];
    let [spot, on_demand] = pair.map(|group| group.as_ref().map(Read::policies));
    let contains = &settings.scale_up_policy_name_contains;
    for (own, other) in [(spot, on_demand), (on_demand, spot)] {
        if let Some(own) = own {
            refusals.take(select(own, other.unwrap_or(nothing), contains))?;
        }
    }
    Ok(())
}

fn of_stack(alarm: alarms::Alarm, own: &BTreeSet<String>) -> Alarm {
    Alarm {
        is_of_stack: own.contains(&alarm.name),
        name: alarm.name,
        arn: alarm.arn,
        state: alarm.state,
        state_since: alarm.state_since.map(|at| at.to_string()),
        actions_enabled: alarm.actions_enabled,
        alarm_actions: alarm.alarm_actions,
        other_actions: alarm.other_actions,
        period_seconds: alarm.period_seconds,
        datapoints_to_alarm: alarm.datapoints_to_alarm,
        queue_metrics: alarm
            .queue_metrics
            .into_iter()
            .map(|metric| QueueMetric {
                queue_name: metric.queue_name,
                metric_name: metric.metric_name,
            })
            .collect(),
    }
}
