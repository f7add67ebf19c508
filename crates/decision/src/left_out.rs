//! Which pools are no choice whatever else speaks for them, and by which rule.

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use crate::price::PoolPrice;

/// What a deployment asks of a pool.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Terms {
    /// How far below the maximum price the average must lie, percent.
    pub safety_margin_percent: Decimal,
    /// The least spot placement score, 1 to 10; 0 for none.
    pub minimum_placement_score: u8,
    /// The most that spot may cost, percent of the on-demand price.
    pub maximum_percent_of_on_demand: Option<Decimal>,
}

impl Terms {
    /// A margin below the maximum price, and nothing else.
    #[must_use]
    pub fn with_margin(safety_margin_percent: Decimal) -> Self {
        Self {
            safety_margin_percent,
            minimum_placement_score: 0,
            maximum_percent_of_on_demand: None,
        }
    }
}

/// The rule that leaves a pool out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LeftOut {
    /// A launch failed in its zone of late.
    LaunchFailed,
    /// EC2 takes an instance back from it.
    Interrupted,
    /// Its spot placement score is below the least.
    PlacementScoreTooLow,
    /// Its average is above its share of the on-demand price.
    AboveOnDemandShare,
    /// Its share of the on-demand price cannot be told.
    OnDemandPriceUnknown,
}

/// The first rule that leaves the pool out. A score that could not be had leaves nothing out.
pub(crate) fn rule(price: &PoolPrice, terms: &Terms) -> Option<LeftOut> {
    if price.launch_failure.is_some() {
        return Some(LeftOut::LaunchFailed);
    }
    if price.interrupted_at.is_some() {
        return Some(LeftOut::Interrupted);
    }
    if price
        .placement_score
        .is_some_and(|score| score < terms.minimum_placement_score)
    {
        return Some(LeftOut::PlacementScoreTooLow);
    }
    let (percent, average) = (terms.maximum_percent_of_on_demand?, price.average_usd?);
    match &price.on_demand {
        None => Some(LeftOut::OnDemandPriceUnknown),
        Some(on_demand) => {
            // An input made by hand may hold any percentage: none may overflow.
            let most = on_demand.usd.saturating_mul(percent) / Decimal::ONE_HUNDRED;
            (average > most).then_some(LeftOut::AboveOnDemandShare)
        }
    }
}

/// Why the rule holds for the pool.
pub(crate) fn why(price: &PoolPrice, rule: LeftOut, terms: &Terms) -> String {
    let PoolPrice {
        launch_failure,
        interrupted_at,
        placement_score,
        on_demand,
        ..
    } = price;
    match rule {
        LeftOut::LaunchFailed => launch_failure.as_ref().map_or_else(String::new, |failure| {
            format!(
                "a launch failed there at {} with {:?}",
                failure.at, failure.message
            )
        }),
        LeftOut::Interrupted => interrupted_at.map_or_else(String::new, |at| {
            format!("EC2 told at {at} that it takes an instance back from it")
        }),
        LeftOut::PlacementScoreTooLow => placement_score.map_or_else(String::new, |score| {
            format!(
                "its placement score is {score}, below {}",
                terms.minimum_placement_score
            )
        }),
        LeftOut::AboveOnDemandShare => {
            let usd = on_demand.as_ref().map_or(Decimal::ZERO, |price| price.usd);
            let percent = terms.maximum_percent_of_on_demand.unwrap_or_default();
            format!("it is above {percent} % of the on-demand price of {usd}")
        }
        LeftOut::OnDemandPriceUnknown => "its on-demand price is unknown".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        on_demand_price::{OnDemandPrice, OnDemandPriceSource},
        price::Pool,
    };

    fn price(score: Option<u8>, on_demand: Option<&str>) -> PoolPrice {
        PoolPrice {
            pool: Pool {
                instance_type: "g4dn.xlarge".into(),
                availability_zone: "eu-west-1a".into(),
            },
            average_usd: Some("0.3".parse().unwrap()),
            latest_usd: None,
            sample_count: 1,
            covered_seconds: 3600,
            launch_failure: None,
            interrupted_at: None,
            placement_score: score,
            on_demand: on_demand.map(|usd| OnDemandPrice {
                usd: usd.parse().unwrap(),
                source: OnDemandPriceSource::PriceList,
            }),
            weighted_capacity: None,
            left_out: None,
        }
    }

    fn terms(score: u8, percent: Option<i64>) -> Terms {
        Terms {
            minimum_placement_score: score,
            maximum_percent_of_on_demand: percent.map(Decimal::from),
            ..Terms::with_margin(Decimal::from(15))
        }
    }

    #[test]
    fn a_score_below_the_least_leaves_a_pool_out_and_an_unknown_one_does_not() {
        let out = |score| rule(&price(score, None), &terms(5, None));
        assert_eq!(out(Some(4)), Some(LeftOut::PlacementScoreTooLow));
        assert_eq!(out(Some(5)), None);
        assert_eq!(out(None), None);
    }

    #[test]
    fn a_share_of_the_on_demand_price_is_a_limit_of_its_own() {
        let out = |usd| rule(&price(None, usd), &terms(0, Some(60)));
        assert_eq!(out(Some("0.5")), None);
        assert_eq!(out(Some("0.499")), Some(LeftOut::AboveOnDemandShare));
        assert_eq!(out(None), Some(LeftOut::OnDemandPriceUnknown));
    }
}
