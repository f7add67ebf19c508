//! The two groups as the rules see them, read as far as the caller may.

use std::collections::{BTreeMap, BTreeSet};

use spotmanager_aws::{
    AwsError,
    auto_scaling::describe_policies,
    subnets::{Zone, availability_zones},
};
use spotmanager_discover::workers::{
    Clients, NamedResource, Pair, Policies, describe, image_ids, launch_of, select, zones_of,
};
use spotmanager_doctor::{Part, Read, WorkerGroup};
use spotmanager_domain::{
    Market, Settings,
    resources::{AutoScalingGroup, StackGroup},
};

use super::refusals::Refusals;

/// Reads the pair, as far as it was found.
pub(super) async fn groups(
    clients: &Clients,
    found: &Pair<Option<NamedResource>>,
    settings: &Settings,
    refusals: &mut Refusals,
) -> Result<Pair<Option<WorkerGroup>>, AwsError> {
    let mut pair = Pair::default();
    if let Some(found) = &found.spot {
        pair.spot = Box::pin(group(clients, found, Market::Spot, settings, refusals)).await?;
    }
    if let Some(found) = &found.on_demand {
        let read = group(clients, found, Market::OnDemand, settings, refusals);
        pair.on_demand = Box::pin(read).await?;
    }
    Ok(pair)
}

async fn group(
    clients: &Clients,
    found: &NamedResource,
    market: Market,
    settings: &Settings,
    refusals: &mut Refusals,
) -> Result<Option<WorkerGroup>, AwsError> {
    let described = describe(&clients.auto_scaling, [found]).await;
    let described = described.and_then(|[group]| group);
    let Some(facts) = refusals.take(Part::Groups, described)? else {
        return Ok(None);
    };
    let (launch, policies, zones, images) = tokio::join!(
        launch_of(clients, market, &facts, settings),
        describe_policies(&clients.auto_scaling, &facts.name),
        subnet_zones(clients, &facts),
        image_ids(clients, &facts),
    );
    let unread = &mut refusals.unread;
    let launch = unread.or_default(Part::LaunchSources, launch)?;
    let policies = unread.or_default(Part::Policies, policies)?;
    let zones = unread.or_default(Part::Subnets, zones)?;
    let image_ids = unread.or_default(Part::LaunchSources, images)?;
    let ids = facts.subnet_ids.iter();
    let subnets = ids
        .map(|id| (id.clone(), zones.get(id).map(|zone| zone.name.clone())))
        .collect();
    let availability_zones = zones_of(&facts, &zones);
    Ok(Some(WorkerGroup {
        read: StackGroup {
            market,
            logical_id: found.path.clone(),
            launch,
            policies,
            facts,
        },
        image_ids,
        instance_roles: Read::Found(BTreeSet::new()),
        subnets,
        availability_zones,
    }))
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

/// Selects the scale-up policies as *discover* does, for what it would refuse.
pub(super) fn select_scale_up(
    pair: &Pair<Option<WorkerGroup>>,
    settings: &Settings,
    refusals: &mut Refusals,
) -> Result<(), AwsError> {
    let nothing = Policies {
        group: "the other group",
        policies: &[],
    };
    let [spot, on_demand] = [&pair.spot, &pair.on_demand]
        .map(|group| group.as_ref().map(|group| Policies::of(&group.read)));
    let contains = &settings.scale_up_policy_name_contains;
    for (own, other) in [(spot, on_demand), (on_demand, spot)] {
        if let Some(own) = own {
            let selected = select(own, other.unwrap_or(nothing), contains);
            refusals.take(Part::Policies, selected)?;
        }
    }
    Ok(())
}
