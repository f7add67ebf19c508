//! *evaluate*: prices against the limit, and the verdict.

use std::num::NonZeroUsize;

use crate::{
    Discovery, Execution,
    flow::{Event, Step},
    price::Window,
    verdict::Evaluation,
};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// The most pools that the output lists. Also with 1,023 characters from Auto Scaling in each so
/// many stay well below the 256 KiB that Step Functions takes; beyond them no Catch sees the error,
/// and the jobs would wait.
/// See <https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html>.
pub const MOST_LISTED_POOLS: usize = 64;

/// The input of *evaluate*.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct EvaluateInput {
    /// The execution, in an event of the previous release's state machine.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub execution: Option<Execution>,
    /// What was discovered.
    pub discovery: Discovery,
    /// The end of the price window, UTC; absent means now. Lets an old decision be replayed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub window_end: Option<Timestamp>,
}

/// The output of *evaluate*.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct EvaluateOutput {
    /// The verdict, the limit and the price of every pool, of [`MOST_LISTED_POOLS`] at most.
    #[serde(flatten)]
    pub evaluation: Evaluation,
    /// How many pools are not listed; absent where all are.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pools_left_off: Option<NonZeroUsize>,
    /// The time over which prices were averaged.
    pub window: Window,
    /// The product description that prices were asked for.
    pub product_description: String,
    /// Price records that EC2 sent without a credible price.
    pub rejected_samples: usize,
    /// The events that were sent.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub reported: Vec<Event>,
    /// What comes next.
    pub step: Step,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        Market,
        flow::Flow,
        launch_failure::LaunchFailure,
        on_demand_price::{OnDemandPrice, OnDemandPriceSource},
        price::{Exclusion, Pool, PoolAverage, PoolFacts, PoolPrice},
        testing,
        verdict::{Choice, ReasonCode, Verdict},
    };

    /// What Step Functions takes of a state's output, bytes.
    const PAYLOAD_QUOTA: usize = 256 * 1024;

    #[test]
    fn as_many_pools_as_are_listed_fit_into_a_state_however_much_is_said_of_each() {
        let usd = "1000000.123456".parse().unwrap();
        let average = PoolAverage {
            pool: Pool {
                instance_type: "u7inh-32tb.480xlarge".into(),
                availability_zone: "us-west-2-lax-1a".into(),
            },
            average_usd: Some(usd),
            latest_usd: Some(usd),
            sample_count: usize::MAX,
            covered_seconds: i64::MAX,
        };
        let facts = PoolFacts {
            launch_failure: Some(LaunchFailure {
                at: Timestamp::MAX,
                // Each of them takes two bytes in JSON.
                message: "\"".repeat(1_023),
            }),
            interrupted_at: Some(Timestamp::MAX),
            placement_score: Some(10),
            on_demand: Some(OnDemandPrice {
                usd,
                source: OnDemandPriceSource::StaticTable,
            }),
            weighted_capacity: Some(999),
        };
        let mut pool = PoolPrice::new(average, facts);
        pool.excluded = Some(Exclusion::OnDemandPriceUnknown);
        let evaluation = Evaluation {
            verdict: Verdict {
                choice: Choice::Spot,
                reason: ReasonCode::SpotWithinLimit,
                sentence: "\"".repeat(2_000),
            },
            limit: None,
            cheapest: Some(pool.clone()),
            pools: vec![pool; MOST_LISTED_POOLS],
            saving_usd_per_hour: Some(usd),
            backlog: None,
        };
        let group = |market| testing::group(market, testing::capacity([2, 0, 0, 0]));
        let flow = Flow {
            execution: &testing::execution(Timestamp::UNIX_EPOCH),
            discovery: &testing::discovery(group(Market::Spot), group(Market::OnDemand)),
        };
        let step = flow.decided(&evaluation);
        let output = EvaluateOutput {
            reported: step.sendable().unwrap().0.to_vec(),
            step,
            evaluation,
            pools_left_off: NonZeroUsize::new(usize::MAX),
            window: Window {
                start: Timestamp::MIN,
                end: Timestamp::MAX,
            },
            product_description: "SUSE Linux (Amazon VPC)".into(),
            rejected_samples: usize::MAX,
        };
        let bytes = serde_json::to_vec(&output).unwrap().len();
        assert!(bytes < PAYLOAD_QUOTA, "{bytes} bytes");
    }
}
