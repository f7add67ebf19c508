//! What is counted of a decision.

use metrics::{counter, histogram};
use rust_decimal::{Decimal, prelude::ToPrimitive};
use spotmanager_domain::{Discovery, metric, verdict::Evaluation};

/// Counts the verdict, and notes the prices that it rests on. They are histograms, for a gauge
/// would be repeated with every later decision of a warm function.
///
/// What spot saves is counted when its capacity arrives.
pub(crate) fn record(discovery: &Discovery, evaluation: &Evaluation) {
    let (stack, pair) = (&discovery.stack_name, &discovery.spot_group.logical_id);
    let verdict = &evaluation.verdict;
    counter!(
        metric::DECISIONS,
        metric::STACK => stack.clone(),
        metric::SPOT_GROUP => pair.clone(),
        metric::VERDICT => verdict.choice.to_string(),
        metric::REASON => verdict.reason.to_string(),
    )
    .increment(1);
    if let Some(usd) = evaluation
        .limit
        .as_ref()
        .and_then(|limit| number(limit.limit_usd))
    {
        histogram!(
            metric::SPOT_PRICE_LIMIT,
            metric::STACK => stack.clone(),
            metric::SPOT_GROUP => pair.clone(),
        )
        .record(usd);
    }
    for price in &evaluation.pools {
        if let Some(usd) = price.average_usd.and_then(number) {
            histogram!(
                metric::SPOT_PRICE,
                metric::STACK => stack.clone(),
                metric::SPOT_GROUP => pair.clone(),
                metric::INSTANCE_TYPE => price.pool.instance_type.clone(),
                metric::AVAILABILITY_ZONE => price.pool.availability_zone.clone(),
            )
            .record(usd);
        }
    }
}

/// CloudWatch takes floats; nothing is computed with them.
fn number(usd: Decimal) -> Option<f64> {
    usd.to_f64()
}
