//! *discover*: from the CloudFormation stack to its two Auto Scaling groups and its queue, as they
//! are.

mod jobs;
mod leader;
pub mod workers;

use std::collections::{BTreeMap, BTreeSet};

use crate::workers::{Pair, Resources, WorkersError, find, scale_down_policy, zones_of};
use spotmanager_aws::{
    SdkConfig, executions, queues,
    subnets::{self, Zone},
};
use spotmanager_domain::{
    DiscoverInput, Discovery, Execution, Group, Purpose, ScalingPolicy, Settings, check_stack,
    flow::Flow,
    resources::{AutoScalingGroup, StackGroup},
};

use leader::Own;

/// The services that *discover* asks.
#[derive(Debug)]
struct Clients {
    workers: crate::workers::Clients,
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
                workers: crate::workers::Clients::new(config),
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
        let execution = match (&input.context, input.execution) {
            (Some(context), _) => Execution::of(context, &input.input),
            (None, Some(execution)) => execution,
            (None, None) => return Err(WorkersError::NoExecution),
        };
        let own = Own {
            execution: &execution,
            stack_name: &input.input.stack_name,
            deployed_dry_run: deployed.dry_run,
            spot_group_logical_id: deployed.spot_group_logical_id.clone(),
            gives_way: input.input.purpose == Purpose::ReturnToSpot || input.input.loss.is_some(),
        };
        let settings = deployed.overridden(input.input.settings.clone())?;
        let stack_name = input.input.stack_name.clone();
        check_stack("stack_name", &stack_name)?;
        let (clients, workers) = (&self.clients, &self.clients.workers);
        let Resources { groups, queue } = find(workers, &stack_name, &settings).await?;
        let mut described = groups.describe(workers).await?;
        let mut loss = input.input.loss;
        if let Some(loss) = &mut loss {
            loss.discount(&mut described.spot);
        }
        let subnet_ids = subnet_ids(&described);
        let (pair, zones, jobs) = tokio::try_join!(
            groups.read(workers, described, &settings),
            subnets::availability_zones(&workers.ec2, subnet_ids),
            jobs::look(clients, queue, &own, &settings),
        )?;
        let policies = pair.scale_up_policies(&settings.scale_up_policy_name_contains)?;

        let scale_down_policy = match input.input.purpose {
            Purpose::ScaleUp => None,
            // Where nothing is on-demand nothing is to be scaled down.
            Purpose::ReturnToSpot if !pair.on_demand.facts.capacity.can_give() => None,
            Purpose::ReturnToSpot => {
                let contains = &settings.scale_down_policy_name_contains;
                Some(scale_down_policy(&pair.on_demand, contains)?)
            }
        };

        let mut discovery = Discovery {
            stack_name,
            purpose: input.input.purpose,
            loss,
            spot_group: assemble(pair.spot, &zones, policies.spot),
            on_demand_group: assemble(pair.on_demand, &zones, policies.on_demand),
            settings,
            queue: jobs.queue,
            queue_problem: jobs.queue_problem,
            leader: jobs.leader,
            if_evaluation_fails: None,
            execution: None,
            step: None,
        };
        discovery.on_demand_group.scale_down_policy = scale_down_policy;
        discovery.if_evaluation_fails = Some(discovery.if_evaluation_fails(execution.round));
        let flow = Flow {
            execution: &execution,
            discovery: &discovery,
        };
        discovery.step = Some(flow.discovered());
        tracing::info!(
            execution = execution.name,
            stack_name = discovery.stack_name,
            spot_group = discovery.spot_group.auto_scaling_group_name,
            on_demand_group = discovery.on_demand_group.auto_scaling_group_name,
            "found both groups"
        );
        discovery.execution = Some(execution);
        Ok(discovery)
    }
}

fn subnet_ids(groups: &Pair<AutoScalingGroup>) -> BTreeSet<String> {
    let ids = groups.spot.subnet_ids.iter();
    ids.chain(&groups.on_demand.subnet_ids).cloned().collect()
}

fn assemble(
    group: StackGroup,
    zones: &BTreeMap<String, Zone>,
    scale_up_policy: ScalingPolicy,
) -> Group {
    let StackGroup { facts, launch, .. } = group;
    let availability_zones = zones_of(&facts, zones);
    Group {
        market: group.market,
        logical_id: group.logical_id,
        auto_scaling_group_name: facts.name,
        capacity: facts.capacity,
        instance_types: launch.instance_types,
        weighted_capacities: launch.weighted_capacities,
        maximum_price: launch.maximum_price,
        launch_problem: launch.problem.map(|problem| problem.to_string()),
        subnet_ids: facts.subnet_ids,
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
