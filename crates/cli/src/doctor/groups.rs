//! The two groups as the rules see them, with their policies.

use std::collections::BTreeMap;

use spotmanager_aws::{
    AwsError,
    auto_scaling::{self, AutoScalingGroup, LaunchSource, describe_policies},
    subnets::{Zone, availability_zones},
};
use spotmanager_contract::Settings;
use spotmanager_decision::Market;
use spotmanager_doctor::{LaunchCause, LaunchKind, LaunchProblem, Part, Policy, WorkerGroup};
use spotmanager_workers::{
    self as workers, Clients, Found, Policies, describe, image_ids, of_on_demand_group,
    of_spot_group, select, select_scale_down, zones_of,
};

use super::refusals::{Refusals, sentence};

/// A group as the rules see it, with its policies as they are selected from.
#[derive(Debug)]
pub(super) struct Read {
    pub(super) worker: WorkerGroup,
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

/// The pair, as far as it was found.
#[derive(Debug)]
pub(super) struct Groups {
    pub(super) spot: Option<Read>,
    pub(super) on_demand: Option<Read>,
}

pub(super) async fn groups(
    clients: &Clients,
    [spot_found, on_demand_found]: [&Option<Found>; 2],
    settings: &Settings,
    refusals: &mut Refusals,
) -> Result<Groups, AwsError> {
    let (mut spot, mut on_demand) = (None, None);
    if let Some(found) = spot_found {
        spot = Box::pin(group(clients, found, Market::Spot, settings, refusals)).await?;
    }
    if let Some(found) = on_demand_found {
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
    let Some(group) = refusals.take(Part::Groups, described)? else {
        return Ok(None);
    };
    let launch = match market {
        Market::Spot => of_spot_group(clients, &group, settings.maximum_spot_price_usd).await,
        Market::OnDemand => of_on_demand_group(clients, &group).await,
    };
    let unread = &mut refusals.unread;
    let launch = unread.or_default(Part::LaunchSources, launch)?;
    let policies = describe_policies(&clients.auto_scaling, &group.name).await;
    let policies = unread.or_default(Part::Policies, policies)?;
    let zones = unread.or_default(Part::Subnets, subnet_zones(clients, &group).await)?;
    let images = unread.or_default(Part::LaunchSources, image_ids(clients, &group).await)?;
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
        launch_problem: launch.problem.as_ref().map(problem),
        image_ids: images,
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

/// Why a group cannot launch, with what decides on the fix.
fn problem(problem: &workers::LaunchProblem) -> LaunchProblem {
    use workers::LaunchProblem as Problem;
    let cause = match problem {
        Problem::Price { found_in, .. } if found_in.starts_with("tag ") => LaunchCause::PriceTag,
        Problem::Price { .. } => LaunchCause::Price,
        Problem::Nothing { .. } => LaunchCause::Nothing,
        Problem::Gone { .. } => LaunchCause::Gone,
        Problem::NoInstanceType { .. } => LaunchCause::NoInstanceType,
        Problem::ByAttributes { .. } => LaunchCause::ByAttributes,
        Problem::Share {
            field, expected, ..
        } => LaunchCause::Share {
            // A base other than 0 is a fault of a spot group only.
            on_demand_percentage: if *field == "OnDemandBaseCapacity" {
                0
            } else {
                *expected
            },
        },
        Problem::NoMarketOptions {
            template_id,
            version,
            ..
        } => LaunchCause::NoMarketOptions {
            template_id: template_id.clone(),
            version: version.clone(),
        },
        Problem::MarketOptions { .. } => LaunchCause::MarketOptions,
        Problem::NoSpotPrice { .. } | Problem::SpotPrice { .. } => LaunchCause::Configuration,
    };
    LaunchProblem {
        cause,
        sentence: sentence(&problem.to_string()),
    }
}

/// Why no policy of the on-demand group does for a return to spot, if none does.
pub(super) fn return_refusal(groups: &Groups, settings: &Settings) -> Option<String> {
    let group = groups.on_demand.as_ref()?;
    let desired_capacity = group.worker.capacity.desired_capacity.max(1);
    let contains = &settings.scale_down_policy_name_contains;
    let refused = select_scale_down(group.policies(), contains, desired_capacity).err()?;
    Some(sentence(&refused.to_string()))
}

/// Selects the scale-up policies as *discover* does, for what it would refuse.
pub(super) fn select_scale_up(
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
            let selected = select(own, other.unwrap_or(nothing), contains);
            refusals.take(Part::Policies, selected)?;
        }
    }
    Ok(())
}
