//! *discover*: from the CloudFormation stack to its two Auto Scaling groups and its queue, as they
//! are.

mod jobs;
mod leader;
mod loss;

use std::collections::{BTreeMap, BTreeSet};

use spotmanager_aws::{
    SdkConfig,
    auto_scaling::{AutoScalingGroup, describe_policies},
    executions, queues, stacks,
    subnets::{self, Zone},
};
use spotmanager_contract::{DiscoverInput, Discovery, Purpose, Settings, check_stack};
use spotmanager_decision::{Group, Market, ScalingPolicy};
use spotmanager_workers::{
    Found, Launch, Policies, StackTree, Wanted, WorkersError, check_distinct, describe,
    of_on_demand_group, of_spot_group, select, select_scale_down, zones_of,
};

use leader::Own;

/// The services that *discover* asks.
#[derive(Debug)]
struct Clients {
    workers: spotmanager_workers::Clients,
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
                workers: spotmanager_workers::Clients::new(config),
                sfn: executions::Client::new(config),
                sqs: queues::Client::new(config),
            },
        }
    }

    /// Finds the groups and reads them. `variable` reads the deployment's environment.
    ///
    /// # Errors
    /// [`WorkersError`] when a call fails, or when stack, group or policy are not as they should be.
    pub async fn run(
        &self,
        input: DiscoverInput,
        variable: impl Fn(&str) -> Option<String>,
    ) -> Result<Discovery, WorkersError> {
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
        check_stack("stack_name", &stack_name)?;
        let Resources {
            spot,
            on_demand,
            queue,
        } = self.find(&stack_name, &settings).await?;
        let auto_scaling = &self.clients.workers.auto_scaling;
        let [spot_group, on_demand_group] = describe(auto_scaling, [&spot, &on_demand]).await?;
        let (mut spot_group, on_demand_group) = (spot_group?, on_demand_group?);
        let mut loss = input.input.loss;
        if let Some(loss) = &mut loss {
            loss::discount(loss, &mut spot_group);
        }

        let clients = &self.clients;
        let workers = &clients.workers;
        let (spot_launch, on_demand_launch, zones, spot_policies, on_demand_policies, jobs) = tokio::try_join!(
            of_spot_group(workers, &spot_group, settings.maximum_spot_price_usd),
            of_on_demand_group(workers, &on_demand_group),
            subnets::availability_zones(&workers.ec2, subnet_ids([&spot_group, &on_demand_group])),
            describe_policies(&workers.auto_scaling, &spot_group.name),
            describe_policies(&workers.auto_scaling, &on_demand_group.name),
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

    async fn find(&self, stack_name: &str, settings: &Settings) -> Result<Resources, WorkersError> {
        let client = &self.clients.workers.cloud_formation;
        let mut tree = StackTree::new(stack_name, async |stack: &str| {
            stacks::list_resources(client, stack).await
        });
        let spot = tree.find(Wanted::spot_group(settings)).await?;
        let on_demand = tree.find(Wanted::on_demand_group(settings)).await?;
        check_distinct(&spot, &on_demand)?;
        let queue = match Wanted::queue(settings) {
            Some(wanted) => Some(tree.find(wanted).await?),
            None => None,
        };
        Ok(Resources {
            spot,
            on_demand,
            queue,
        })
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
        launch_problem: launch.problem.map(|problem| problem.to_string()),
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
