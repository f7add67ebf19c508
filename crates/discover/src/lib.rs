//! *discover*: from the CloudFormation stack to its two Auto Scaling groups and its queue, as they
//! are.

mod error;
mod jobs;
mod launch;
mod leader;
mod loss;
mod policy;
mod resources;

use std::collections::{BTreeMap, BTreeSet};

use spotmanager_aws::{
    SdkConfig,
    auto_scaling::{self, AutoScalingGroup, describe_groups, describe_policies},
    executions, launch_templates, queues, stacks,
    subnets::{self, Zone},
};
use spotmanager_contract::{
    DiscoverInput, Discovery, Purpose, SettingError, Settings, is_stack_arn, is_stack_name,
};
use spotmanager_decision::{Group, Market, ScalingPolicy};

pub use error::DiscoverError;
use launch::Launch;
use leader::Own;
use policy::{Policies, select, select_scale_down};
use resources::{Found, GROUP, QUEUE, StackTree, Wanted};

/// The services that *discover* asks.
#[derive(Debug)]
struct Clients {
    auto_scaling: auto_scaling::Client,
    cloud_formation: stacks::Client,
    ec2: launch_templates::Client,
    sfn: executions::Client,
    sqs: queues::Client,
}

/// The step with its clients.
#[derive(Debug)]
pub struct Discover {
    clients: Clients,
}

impl Discover {
    /// The step in the account and region of `config`.
    #[must_use]
    pub fn new(config: &SdkConfig) -> Self {
        Self {
            clients: Clients {
                auto_scaling: auto_scaling::Client::new(config),
                cloud_formation: stacks::Client::new(config),
                ec2: launch_templates::Client::new(config),
                sfn: executions::Client::new(config),
                sqs: queues::Client::new(config),
            },
        }
    }

    /// Finds the groups and reads them. `variable` reads the deployment's environment.
    ///
    /// # Errors
    /// [`DiscoverError`] when a call fails, or when stack, group or policy are not as they should be.
    pub async fn run(
        &self,
        input: DiscoverInput,
        variable: impl Fn(&str) -> Option<String>,
    ) -> Result<Discovery, DiscoverError> {
        let deployed = Settings::from_environment(variable)?;
        let own = Own {
            execution: &input.execution,
            stack_name: &input.input.stack_name,
            deployed_dry_run: deployed.dry_run,
            spot_group_logical_id: deployed.spot_group_logical_id.clone(),
            gives_way: input.input.purpose == Purpose::ReturnToSpot || input.input.loss.is_some(),
        };
        let settings = deployed.overridden(input.input.settings.clone())?;
        let stack_name = input.input.stack_name.clone();
        if !is_stack_name(&stack_name) && !is_stack_arn(&stack_name) {
            return Err(SettingError::new(
                "stack_name",
                stack_name,
                "a stack's name of letters, digits and hyphens, or its ARN",
            )
            .into());
        }
        let Resources {
            spot,
            on_demand,
            queue,
        } = self.find(&stack_name, &settings).await?;
        let (mut spot_group, on_demand_group) = self.describe([&spot, &on_demand]).await?;
        let mut loss = input.input.loss;
        if let Some(loss) = &mut loss {
            loss::discount(loss, &mut spot_group);
        }

        let clients = &self.clients;
        let (spot_launch, on_demand_launch, zones, spot_policies, on_demand_policies, jobs) = tokio::try_join!(
            launch::of_spot_group(clients, &spot_group, settings.maximum_spot_price_usd),
            launch::of_on_demand_group(clients, &on_demand_group),
            subnets::availability_zones(&clients.ec2, subnet_ids([&spot_group, &on_demand_group])),
            describe_policies(&clients.auto_scaling, &spot_group.name),
            describe_policies(&clients.auto_scaling, &on_demand_group.name),
            jobs::look(clients, queue, &own, &settings),
        )?;

        let spot_policies = Policies {
            group: &spot_group.name,
            policies: &spot_policies,
        };
        let on_demand_policies = Policies {
            group: &on_demand_group.name,
            policies: &on_demand_policies,
        };
        let contains = &settings.scale_up_policy_name_contains;
        let spot_policy = select(spot_policies, on_demand_policies, contains)?;
        let on_demand_policy = select(on_demand_policies, spot_policies, contains)?;

        let scale_down_policy = match input.input.purpose {
            Purpose::ScaleUp => None,
            // Where nothing is on-demand nothing is to be scaled down.
            Purpose::ReturnToSpot if !on_demand_group.capacity.can_give() => None,
            Purpose::ReturnToSpot => Some(select_scale_down(
                on_demand_policies,
                &settings.scale_down_policy_name_contains,
                on_demand_group.capacity.desired_capacity,
            )?),
        };

        let mut discovery = Discovery {
            stack_name,
            purpose: input.input.purpose,
            loss,
            spot_group: assemble(
                Market::Spot,
                spot,
                spot_group,
                spot_launch,
                &zones,
                spot_policy,
            ),
            on_demand_group: assemble(
                Market::OnDemand,
                on_demand,
                on_demand_group,
                on_demand_launch,
                &zones,
                on_demand_policy,
            ),
            settings,
            queue: jobs.queue,
            queue_problem: jobs.queue_problem,
            leader: jobs.leader,
        };
        discovery.on_demand_group.scale_down_policy = scale_down_policy;
        tracing::info!(
            execution = input.execution.name,
            stack_name = discovery.stack_name,
            spot_group = discovery.spot_group.auto_scaling_group_name,
            on_demand_group = discovery.on_demand_group.auto_scaling_group_name,
            "found both groups"
        );
        Ok(discovery)
    }

    async fn find(
        &self,
        stack_name: &str,
        settings: &Settings,
    ) -> Result<Resources, DiscoverError> {
        let client = &self.clients.cloud_formation;
        let mut tree = StackTree::new(stack_name, async |stack: &str| {
            stacks::list_resources(client, stack).await
        });
        let spot = tree
            .find(Wanted {
                field: "spot_group_logical_id",
                logical_id: &settings.spot_group_logical_id,
                resource_type: GROUP,
            })
            .await?;
        let on_demand = tree
            .find(Wanted {
                field: "on_demand_group_logical_id",
                logical_id: &settings.on_demand_group_logical_id,
                resource_type: GROUP,
            })
            .await?;
        // `a/asg` and `asg` may be two ways to write one group.
        if spot.physical_id == on_demand.physical_id {
            return Err(SettingError::new(
                "on_demand_group_logical_id",
                on_demand.path,
                "another group than spot_group_logical_id",
            )
            .into());
        }
        let queue = if settings.queue_logical_id.is_empty() {
            None
        } else {
            let wanted = Wanted {
                field: "queue_logical_id",
                logical_id: &settings.queue_logical_id,
                resource_type: QUEUE,
            };
            Some(tree.find(wanted).await?)
        };
        Ok(Resources {
            spot,
            on_demand,
            queue,
        })
    }

    async fn describe(
        &self,
        [spot, on_demand]: [&Found; 2],
    ) -> Result<(AutoScalingGroup, AutoScalingGroup), DiscoverError> {
        let names = [spot, on_demand].map(|found| found.physical_id.as_str());
        let mut described: BTreeMap<_, _> = describe_groups(&self.clients.auto_scaling, names)
            .await?
            .into_iter()
            .map(|group| (group.name.clone(), group))
            .collect();
        let mut take = |found: &Found, field| {
            described
                .remove(&found.physical_id)
                .ok_or_else(|| DiscoverError::GroupNotFound {
                    field,
                    logical_id: found.path.clone(),
                    name: found.physical_id.clone(),
                })
        };
        Ok((
            take(spot, "spot_group_logical_id")?,
            take(on_demand, "on_demand_group_logical_id")?,
        ))
    }
}

/// What the settings name in the stack.
#[derive(Debug)]
struct Resources {
    spot: Found,
    on_demand: Found,
    queue: Option<Found>,
}

fn subnet_ids(groups: [&AutoScalingGroup; 2]) -> BTreeSet<String> {
    groups
        .into_iter()
        .flat_map(|group| group.subnet_ids.iter().cloned())
        .collect()
}

fn assemble(
    market: Market,
    found: Found,
    group: AutoScalingGroup,
    launch: Launch,
    zones: &BTreeMap<String, Zone>,
    scale_up_policy: ScalingPolicy,
) -> Group {
    let availability_zones = zones_of(&group, zones);
    Group {
        market,
        logical_id: found.path,
        auto_scaling_group_name: group.name,
        capacity: group.capacity,
        instance_types: launch.instance_types,
        weighted_capacities: launch.weighted_capacities,
        maximum_price: launch.maximum_price,
        launch_problem: launch.problem,
        subnet_ids: group.subnet_ids,
        availability_zone_ids: zones
            .values()
            .filter(|zone| availability_zones.contains(&zone.name))
            .map(|zone| (zone.name.clone(), zone.id.clone()))
            .collect(),
        availability_zones,
        scale_up_policy,
        scale_down_policy: None,
    }
}

/// A price in a zone without a subnet means nothing, so the subnets say the zones; only a group
/// without subnets (in a default VPC) goes by its own list.
fn zones_of(group: &AutoScalingGroup, zones: &BTreeMap<String, Zone>) -> Vec<String> {
    let zones: BTreeSet<_> = if group.subnet_ids.is_empty() {
        group.availability_zones.iter().collect()
    } else {
        group
            .subnet_ids
            .iter()
            .filter_map(|id| zones.get(id))
            .map(|zone| &zone.name)
            .collect()
    };
    zones.into_iter().cloned().collect()
}
