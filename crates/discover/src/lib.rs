//! *discover*: from the CloudFormation stack to its two Auto Scaling groups and its queue, as they
//! are.

mod jobs;
mod leader;
pub mod workers;

use std::collections::{BTreeMap, BTreeSet};

use crate::workers::{Pair, Resources, WorkersError, find, zones_of};
use jiff::Timestamp;
use spotmanager_aws::{
    AwsError, SdkConfig,
    executions::{self, Own},
    queues,
    subnets::{self, Zone},
};
use spotmanager_domain::{
    CapacityLoss, Deployed, DiscoverInput, Discovery, Execution, Group, LossKind, Purpose,
    ScalingPolicy, Settings, check_stack, execution_name,
    flow::Flow,
    resources::{AutoScalingGroup, StackGroup},
    stack_name_of,
};

use leader::GivesWayTo;

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

    /// Finds the groups and reads them, at `now`. `variable` reads the deployment's environment.
    ///
    /// # Errors
    /// [`WorkersError`] when a call fails, or when stack, group or policy are not as they should be.
    pub async fn run(
        &self,
        input: DiscoverInput,
        variable: impl Fn(&str) -> Option<String>,
        now: Timestamp,
    ) -> Result<Discovery, WorkersError> {
        let settings = Settings::from_environment(variable)?;
        let execution = match (&input.context, input.execution) {
            (Some(context), _) => Execution::of(context, &input.input),
            (None, Some(execution)) => execution,
            (None, None) => return Err(WorkersError::NoExecution),
        };
        let deployed = Deployed {
            dry_run: settings.dry_run,
            spot_group_logical_id: settings.spot_group_logical_id.clone(),
        };
        let settings = settings.overridden(input.input.settings.clone())?;
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
        let own = Own {
            execution: &execution,
            stack_name: &stack_name,
            deployed: &deployed,
            spot_group_logical_id: &settings.spot_group_logical_id,
        };
        let gives_way = match loss.as_ref().map(|loss| loss.kind) {
            _ if input.input.purpose == Purpose::ReturnToSpot => GivesWayTo::All,
            Some(LossKind::InterruptionWarning | LossKind::RebalanceRecommendation) => {
                GivesWayTo::Nothing
            }
            Some(LossKind::LaunchUnsuccessful | LossKind::InstanceGone) => GivesWayTo::All,
            None => GivesWayTo::Alarms,
        };
        let (pair, zones, jobs, recommended) = tokio::try_join!(
            groups.read(workers, described, &settings),
            subnets::availability_zones(&workers.ec2, subnet_ids),
            jobs::look(clients, queue, &own, gives_way, now),
            recommended(&clients.sfn, &own, loss.as_ref()),
        )?;
        if let Some(loss) = &mut loss {
            loss.recommended = recommended;
        }
        let policies = pair.scale_up_policies(&settings.scale_up_policy_name_contains)?;

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
            return_runs: jobs.return_runs,
            if_evaluation_fails: None,
            execution: None,
            deployed: Some(deployed),
            step: None,
        };
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

/// The execution that a rebalance recommendation for the lost instance started, if there is one.
async fn recommended(
    client: &executions::Client,
    own: &Own<'_>,
    loss: Option<&CapacityLoss>,
) -> Result<Option<String>, AwsError> {
    let warned = loss.filter(|loss| loss.kind == LossKind::InterruptionWarning);
    let instance_id = warned.and_then(|loss| loss.instance_id.as_deref());
    let (Some(instance_id), Some(machine)) = (instance_id, &own.execution.state_machine_arn) else {
        return Ok(None);
    };
    let name = execution_name::of_recommendation(stack_name_of(own.stack_name), instance_id);
    let Some(arn) = executions::arn_of(machine, &name) else {
        return Ok(None);
    };
    match executions::standing(client, &arn).await {
        Ok(standing) => Ok(standing.map(|_| name)),
        // What EC2 takes back must not wait for it.
        Err(error) if !error.is_passing() => {
            tracing::warn!(error = %error, "it is not known if the instance was replaced before");
            Ok(None)
        }
        Err(error) => Err(error),
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
    let launch_instances = facts.launch_instances_support();
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
        launch_instances,
    }
}
