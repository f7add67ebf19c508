//! One call, and what came of it; and what earlier attempts' calls have launched.

use std::collections::BTreeMap;

use spotmanager_aws::{
    AwsError,
    auto_scaling::{LaunchAnswer, launch_instances},
    launched_instances::LaunchedInstance,
};
use spotmanager_domain::{
    ClientToken, ErrorName, Group, LaunchInstancesCall, LaunchedInstances, Market, NamedError,
    RetryStrategy,
    scaling::{GroupLaunches, LaunchAsked, LaunchPlan, Tokens},
};

use super::Launcher;
use crate::ScaleError;

/// The code for a token that was used for another number, zone or group.
const MISMATCH: &str = "IdempotentParameterMismatch";

/// What came of a call.
pub(super) enum Came {
    /// An answer: some, all, or nothing with the reason.
    Answer(LaunchAnswer),
    /// Its token was used for another call before.
    AskedOtherwise,
    /// The group or the role does not allow it.
    Refused(AwsError),
}

/// A call on a group, with its parameters under AWS's names.
pub(super) fn call_of(group: &Group, asked: &LaunchAsked) -> LaunchInstancesCall {
    LaunchInstancesCall {
        auto_scaling_group_name: group.auto_scaling_group_name.clone(),
        requested_capacity: asked.units,
        client_token: asked.token.clone(),
        availability_zones: [asked.availability_zone.clone()],
        retry_strategy: RetryStrategy::None,
    }
}

/// How many units these instances of a group are.
pub(super) fn units_of(group: &Group, instances: &[LaunchedInstances]) -> i32 {
    instances.iter().fold(0, |sum: i32, some| {
        let count = i32::try_from(some.instance_ids.len()).unwrap_or(i32::MAX);
        sum.saturating_add(count.saturating_mul(units_of_one(group, &some.instance_type)))
    })
}

fn units_of_one(group: &Group, instance_type: &str) -> i32 {
    let units = group.weighted_capacities.get(instance_type);
    units.map_or(1, |units| i32::try_from(*units).unwrap_or(i32::MAX))
}

impl Launcher<'_> {
    /// Makes a call. If nobody knows what came of it, it is an error.
    pub(super) async fn call(
        &self,
        group: &Group,
        asked: &LaunchAsked,
    ) -> Result<Came, ScaleError> {
        let call = call_of(group, asked);
        match launch_instances(self.auto_scaling, &call).await {
            Ok(answer) if answer.is_empty() => Err(ScaleError::NothingSaid(asked.token.clone())),
            Ok(answer) => Ok(Came::Answer(answer)),
            Err(error) if error.code == MISMATCH => Ok(Came::AskedOtherwise),
            Err(error) => match error.name() {
                ErrorName::AccessDenied | ErrorName::Unexpected => Ok(Came::Refused(error)),
                _ => Err(ScaleError::sent(error)),
            },
        }
    }
}

/// What earlier attempts have launched.
#[derive(Debug, Default)]
pub(super) struct Found {
    pub(super) units: Tokens,
    instances: BTreeMap<ClientToken, Vec<LaunchedInstances>>,
}

impl Found {
    pub(super) fn new(launched: Vec<LaunchedInstance>, launcher: &Launcher<'_>) -> Self {
        let mut found = Self::default();
        for one in launched {
            let market = launcher.plan.groups.iter().find(|group| {
                let mut places = group.places.iter();
                places.any(|place| one.token.as_str().starts_with(place.token.as_str()))
            });
            let Some(market) = market.map(|group| group.market) else {
                continue;
            };
            let group = launcher.group(market);
            let units = found.units.entry(one.token.clone()).or_default();
            *units = units.saturating_add(units_of_one(group, &one.instance_type));
            let of_token = found.instances.entry(one.token).or_default();
            let same = of_token.iter_mut().find(|some| {
                some.instance_type == one.instance_type
                    && some.availability_zone == one.availability_zone
            });
            match same {
                Some(same) => same.instance_ids.push(one.instance_id),
                None => of_token.push(LaunchedInstances {
                    availability_zone: one.availability_zone,
                    instance_type: one.instance_type,
                    instance_ids: vec![one.instance_id],
                }),
            }
        }
        found
    }

    /// Whether anything was launched of a group.
    pub(super) fn is_of(&self, launches: &GroupLaunches) -> bool {
        launches.came_of(&self.units) > 0
    }

    /// How many units were launched of the groups after this one.
    pub(super) fn of_later(&self, plan: &LaunchPlan, market: Market) -> i32 {
        let groups = plan.groups.iter();
        let later = groups.skip_while(|group| group.market != market).skip(1);
        later.fold(0, |sum: i32, group| {
            sum.saturating_add(group.came_of(&self.units))
        })
    }

    /// The instances of a group.
    pub(super) fn instances_of(&self, launches: &GroupLaunches) -> Vec<LaunchedInstances> {
        let tokens = self.instances.iter().filter(|(token, _)| {
            let mut places = launches.places.iter();
            places.any(|place| token.as_str().starts_with(place.token.as_str()))
        });
        tokens.flat_map(|(_, some)| some.clone()).collect()
    }
}
