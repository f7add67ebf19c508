//! *evaluate*: the spot price of every pool of the group, and the verdict.

mod metrics;
mod on_demand;

use std::collections::BTreeMap;

use jiff::Timestamp;
use spotmanager_aws::{
    AwsError,
    auto_scaling::{self, activities_since},
    on_demand_prices,
    placement_scores::{self, read_scores},
    spot_prices::{self, Query, read_averages},
};
use spotmanager_contract::{
    Discovery, ErrorName, EvaluateInput, EvaluateOutput, LossKind, NamedError, Purpose,
};
use spotmanager_decision::{
    Group,
    backlog::Backlog,
    launch_failure::{LaunchFailure, unmended},
    left_out::Terms,
    price::{Pool, PoolPrice, PriceAverages, Window},
    verdict::{
        Demand, Evaluation, ReasonCode, another_leads, decide, decide_after_failed_launch,
        decide_return,
    },
};

use on_demand::OnDemandPrices;

/// Why no verdict could be reached; the state machine then decides by room alone.
#[derive(Debug, thiserror::Error)]
pub enum EvaluateError {
    /// The call failed.
    #[error(transparent)]
    Aws(#[from] AwsError),
    /// The window does not lie within the calendar.
    #[error(
        "price_window_seconds is {seconds} before {end}; it should be a window above 0 seconds within the calendar"
    )]
    Window {
        /// The window's length, seconds.
        seconds: u32,
        /// The window's end, UTC.
        end: Timestamp,
    },
}

impl NamedError for EvaluateError {
    fn name(&self) -> ErrorName {
        match self {
            Self::Aws(error) => error.name(),
            Self::Window { .. } => ErrorName::InvalidInput,
        }
    }
}

/// The step with its clients.
#[derive(Debug)]
pub struct Evaluate {
    auto_scaling: auto_scaling::Client,
    ec2: spot_prices::Client,
    on_demand: OnDemandPrices,
    region: String,
}

impl Evaluate {
    /// The step in the account and region of `config`.
    #[must_use]
    pub fn new(config: &spotmanager_aws::SdkConfig) -> Self {
        let region = config
            .region()
            .map_or_else(String::new, |region| region.to_string());
        Self {
            auto_scaling: auto_scaling::Client::new(config),
            ec2: spot_prices::Client::new(config),
            on_demand: OnDemandPrices::new(on_demand_prices::client(config), region.clone()),
            region,
        }
    }

    /// Averages the prices of the window that ends at the input's `window_end`, else at `now`, and
    /// leaves out the zones in which a launch failed just before then.
    ///
    /// # Errors
    /// [`EvaluateError`] when a page of prices or of activities cannot be had.
    pub async fn run(
        &self,
        input: EvaluateInput,
        now: Timestamp,
    ) -> Result<EvaluateOutput, EvaluateError> {
        let discovery = input.discovery;
        let settings = &discovery.settings;
        let end = input.window_end.unwrap_or(now);
        let seconds = settings.price_window_seconds;
        let window =
            Window::ending_at(end, seconds).ok_or(EvaluateError::Window { seconds, end })?;

        let mut averages = PriceAverages::new(window, pools(&discovery));
        let mut failures = BTreeMap::new();
        let (mut scores, mut on_demand) = (BTreeMap::new(), BTreeMap::new());
        // Without a pool, or without room for an instance, nothing of it changes the verdict.
        let spot = &discovery.spot_group;
        if asks_for_prices(&discovery)
            && spot.capacity.has_room()
            && !spot.instance_types.is_empty()
            && !spot.availability_zones.is_empty()
        {
            let product_description = settings.product_description.as_str();
            let query = Query {
                instance_types: &spot.instance_types,
                product_description,
                window,
            };
            let (read, failed, scored, sold) = tokio::join!(
                read_averages(&self.ec2, query, &mut averages),
                self.failures(spot, end, settings.launch_failure_window_seconds),
                self.scores(spot, settings.minimum_placement_score),
                self.on_demand
                    .of(&spot.instance_types, product_description, now),
            );
            read?;
            failures = failed?;
            (scores, on_demand) = (scored, sold);
        }
        let rejected_samples = averages.rejected();
        let mut pools = averages.finish();
        for price in &mut pools {
            let zone = &price.pool.availability_zone;
            price.launch_failure = failures.get(zone).cloned();
            let zone_id = spot.availability_zone_ids.get(zone);
            price.placement_score = zone_id.and_then(|id| scores.get(id).copied());
            let instance_type = &price.pool.instance_type;
            price.weighted_capacity = spot.weighted_capacities.get(instance_type).copied();
            price.on_demand = on_demand.get(instance_type).cloned();
            price.interrupted_at = discovery
                .loss
                .as_ref()
                .filter(|loss| loss.pool.as_ref() == Some(&price.pool))
                .map(|loss| loss.time);
        }
        let evaluation = evaluate(&discovery, input.execution.round, pools);
        tracing::info!(
            execution = input.execution.name,
            stack_name = discovery.stack_name,
            auto_scaling_group_name = discovery.spot_group.auto_scaling_group_name,
            reason = %evaluation.verdict.reason,
            "{}",
            evaluation.verdict.sentence
        );
        // A schedule's tick with nothing to return from would make metrics of every hour.
        if evaluation.verdict.reason != ReasonCode::NothingOnDemand {
            metrics::record(&discovery.stack_name, &evaluation);
        }
        Ok(EvaluateOutput {
            evaluation,
            window,
            product_description: discovery.settings.product_description,
            rejected_samples,
        })
    }

    /// The placement scores by zone id, where they are asked for. One that cannot be had is none:
    /// EC2 limits how often new configurations may be asked for.
    async fn scores(&self, group: &Group, minimum: u8) -> BTreeMap<String, u8> {
        if minimum == 0 {
            return BTreeMap::new();
        }
        let query = placement_scores::Query::one_instance(&self.region, &group.instance_types);
        read_scores(&self.ec2, query).await.unwrap_or_else(|error| {
            tracing::warn!(error = %error, "placement scores cannot be read");
            BTreeMap::new()
        })
    }

    /// The zones in which a launch of the group failed in the `seconds` up to `end`.
    async fn failures(
        &self,
        group: &Group,
        end: Timestamp,
        seconds: u32,
    ) -> Result<BTreeMap<String, LaunchFailure>, AwsError> {
        let Some(window) = Window::ending_at(end, seconds) else {
            return Ok(BTreeMap::new());
        };
        let name = &group.auto_scaling_group_name;
        let mut activities = activities_since(&self.auto_scaling, name, window.start).await?;
        activities.retain(|activity| activity.started_at <= end);
        Ok(unmended(&activities))
    }
}

/// Nothing of the market changes the verdict where another execution leads, or where the group
/// is only waited for.
fn asks_for_prices(discovery: &Discovery) -> bool {
    let nothing_to_return_from = discovery.purpose == Purpose::ReturnToSpot
        && !discovery.on_demand_group.capacity.can_give();
    discovery.leader.is_none() && !waits_for_the_group(discovery) && !nothing_to_return_from
}

/// Whether the group itself is to bring the instance that it lacks.
fn waits_for_the_group(discovery: &Discovery) -> bool {
    let kind = discovery.loss.as_ref().map(|loss| loss.kind);
    matches!(
        kind,
        Some(LossKind::LaunchUnsuccessful | LossKind::InstanceGone)
    )
}

fn evaluate(discovery: &Discovery, round: u32, pools: Vec<PoolPrice>) -> Evaluation {
    let (spot, on_demand) = (&discovery.spot_group, &discovery.on_demand_group);
    let settings = &discovery.settings;
    let terms = Terms {
        safety_margin_percent: settings.safety_margin_percent,
        minimum_placement_score: settings.minimum_placement_score,
        maximum_percent_of_on_demand: settings.maximum_percent_of_on_demand,
    };
    if let Some(leader) = &discovery.leader {
        another_leads(&leader.execution_name)
    } else if discovery.purpose == Purpose::ReturnToSpot {
        decide_return(spot, on_demand, &terms, pools)
    } else if waits_for_the_group(discovery) {
        decide_after_failed_launch(spot)
    } else {
        let demand = demand(discovery, round);
        decide(spot, on_demand, &terms, pools, demand)
    }
}

/// In the first round an alarm asks; in every further one the queue does.
fn demand(discovery: &Discovery, round: u32) -> Demand {
    let backlog = discovery.queue.as_ref().map(|queue| {
        Backlog::of(
            queue,
            discovery.settings.target_backlog_per_instance,
            [
                discovery.spot_group.capacity,
                discovery.on_demand_group.capacity,
            ],
        )
    });
    match backlog {
        Some(backlog) if round > 1 => Demand::Backlog(backlog),
        backlog => Demand::Alarm(backlog),
    }
}

/// Every instance type of the spot group in every zone where the group has a subnet.
fn pools(discovery: &Discovery) -> impl Iterator<Item = Pool> + '_ {
    let spot = &discovery.spot_group;
    spot.instance_types.iter().flat_map(|instance_type| {
        spot.availability_zones
            .iter()
            .map(|availability_zone| Pool {
                instance_type: instance_type.clone(),
                availability_zone: availability_zone.clone(),
            })
    })
}
