//! *evaluate*: the spot price of every pool of the group, and the verdict.

mod kept_prices;
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
use spotmanager_domain::{
    ErrorName, EvaluateInput, EvaluateOutput, Group, MOST_LISTED_POOLS, NamedError,
    flow::Flow,
    launch_failure::{LaunchFailure, unresolved},
    price::{PoolFacts, PoolPrice, PriceAverages, Window},
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
    /// The event names no execution.
    #[error(
        "the event's field execution was absent, and discovery.execution too; one should be there"
    )]
    NoExecution,
}

impl NamedError for EvaluateError {
    fn name(&self) -> ErrorName {
        match self {
            Self::Aws(error) => error.name(),
            Self::Window { .. } | Self::NoExecution => ErrorName::InvalidInput,
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
    /// excludes the zones in which a launch failed just before then.
    ///
    /// # Errors
    /// [`EvaluateError`] when a page of prices or of activities cannot be had.
    pub async fn run(
        &self,
        input: EvaluateInput,
        now: Timestamp,
    ) -> Result<EvaluateOutput, EvaluateError> {
        let discovery = input.discovery;
        let execution = input.execution.or_else(|| discovery.execution.clone());
        let execution = execution.ok_or(EvaluateError::NoExecution)?;
        let settings = &discovery.settings;
        let end = input.window_end.unwrap_or(now);
        let seconds = settings.price_window_seconds;
        let window =
            Window::ending_at(end, seconds).ok_or(EvaluateError::Window { seconds, end })?;

        let mut averages = PriceAverages::new(window, discovery.pools());
        let mut failures = BTreeMap::new();
        let (mut scores, mut on_demand) = (BTreeMap::new(), BTreeMap::new());
        let spot = &discovery.spot_group;
        if discovery.asks_for_prices(execution.round) {
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
        let averages = averages.finish().into_iter();
        let pools = averages.map(|average| {
            let pool = &average.pool;
            let zone = &pool.availability_zone;
            let zone_id = spot.availability_zone_ids.get(zone);
            let facts = PoolFacts {
                launch_failure: failures.get(zone).cloned(),
                interrupted_at: discovery.interrupted_at(pool),
                placement_score: zone_id.and_then(|id| scores.get(id).copied()),
                on_demand: on_demand.get(&pool.instance_type).cloned(),
                weighted_capacity: discovery.weighted_capacity(pool),
            };
            PoolPrice::new(average, facts)
        });
        let pools = pools.collect();
        let mut evaluation = discovery.decide(execution.round, pools);
        let flow = Flow {
            execution: &execution,
            discovery: &discovery,
        };
        let step = flow.decided(&evaluation);
        let pools_left_off = evaluation.list_at_most(MOST_LISTED_POOLS);
        tracing::info!(
            execution = execution.name,
            stack_name = discovery.stack_name,
            auto_scaling_group_name = discovery.spot_group.auto_scaling_group_name,
            reason = %evaluation.verdict.reason,
            "{}",
            evaluation.verdict.sentence
        );
        if evaluation.verdict.reason.is_counted() {
            metrics::record(&discovery, &evaluation);
        }
        Ok(EvaluateOutput {
            evaluation,
            pools_left_off,
            window,
            product_description: discovery.settings.product_description,
            rejected_samples,
            reported: Vec::new(),
            step,
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
        Ok(unresolved(&activities))
    }
}
