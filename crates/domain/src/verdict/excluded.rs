//! Which pools are excluded whatever else speaks for them, and by which rule.

use rust_decimal::Decimal;

use super::Terms;
use crate::price::{Exclusion, PoolPrice};

/// The first rule that excludes the pool. A score that could not be had excludes nothing.
pub(super) fn rule(price: &PoolPrice, terms: &Terms) -> Option<Exclusion> {
    if price.launch_failure.is_some() {
        return Some(Exclusion::LaunchFailed);
    }
    if price.interrupted_at.is_some() {
        return Some(Exclusion::Interrupted);
    }
    if price
        .placement_score
        .is_some_and(|score| score < terms.minimum_placement_score)
    {
        return Some(Exclusion::PlacementScoreTooLow);
    }
    let (percent, average) = (terms.maximum_percent_of_on_demand?, price.average_usd?);
    match &price.on_demand {
        None => Some(Exclusion::OnDemandPriceUnknown),
        Some(on_demand) => {
            // An input made by hand may hold any percentage: none may overflow.
            let most = on_demand.usd.saturating_mul(percent) / Decimal::ONE_HUNDRED;
            (average > most).then_some(Exclusion::AboveOnDemandShare)
        }
    }
}

/// Why the rule holds for the pool.
pub(super) fn why(price: &PoolPrice, rule: Exclusion, terms: &Terms) -> String {
    let PoolPrice {
        launch_failure,
        interrupted_at,
        placement_score,
        on_demand,
        ..
    } = price;
    match rule {
        Exclusion::LaunchFailed => launch_failure.as_ref().map_or_else(String::new, |failure| {
            format!(
                "a launch failed there at {} with {:?}",
                failure.at, failure.message
            )
        }),
        Exclusion::Interrupted => interrupted_at.map_or_else(String::new, |at| {
            format!("EC2 said at {at} that it takes an instance back from it")
        }),
        Exclusion::PlacementScoreTooLow => placement_score.map_or_else(String::new, |score| {
            format!(
                "its placement score is {score}, below {}",
                terms.minimum_placement_score
            )
        }),
        Exclusion::AboveOnDemandShare => {
            let usd = on_demand.as_ref().map_or(Decimal::ZERO, |price| price.usd);
            let percent = terms.maximum_percent_of_on_demand.unwrap_or_default();
            format!("it is above {percent} % of the on-demand price of {usd}")
        }
        Exclusion::OnDemandPriceUnknown => "its on-demand price is unknown".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        launch_failure::LaunchFailure,
        on_demand_price::{OnDemandPrice, OnDemandPriceSource},
        testing,
    };
    use jiff::Timestamp;

    fn price(score: Option<u8>, on_demand: Option<&str>) -> PoolPrice {
        PoolPrice {
            placement_score: score,
            on_demand: on_demand.map(|usd| OnDemandPrice {
                usd: usd.parse().unwrap(),
                source: OnDemandPriceSource::PriceList,
            }),
            ..testing::price("eu-west-1a", Some("0.3".parse().unwrap()))
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
    fn a_score_below_the_least_excludes_a_pool_and_an_unknown_one_does_not() {
        let out = |score| rule(&price(score, None), &terms(5, None));
        assert_eq!(out(Some(4)), Some(Exclusion::PlacementScoreTooLow));
        assert_eq!(out(Some(5)), None);
        assert_eq!(out(None), None);
    }

    #[test]
    fn each_rule_says_what_it_holds_against_the_pool() {
        let at = Timestamp::UNIX_EPOCH;
        let price = PoolPrice {
            launch_failure: Some(LaunchFailure {
                at,
                message: "UnfulfillableCapacity".into(),
            }),
            interrupted_at: Some(at),
            ..price(Some(3), Some("0.45"))
        };
        for (rule, sentence) in [
            (
                Exclusion::LaunchFailed,
                r#"a launch failed there at 1970-01-01T00:00:00Z with "UnfulfillableCapacity""#,
            ),
            (
                Exclusion::Interrupted,
                "EC2 said at 1970-01-01T00:00:00Z that it takes an instance back from it",
            ),
            (
                Exclusion::PlacementScoreTooLow,
                "its placement score is 3, below 5",
            ),
            (
                Exclusion::AboveOnDemandShare,
                "it is above 60 % of the on-demand price of 0.45",
            ),
            (
                Exclusion::OnDemandPriceUnknown,
                "its on-demand price is unknown",
            ),
        ] {
            assert_eq!(why(&price, rule, &terms(5, Some(60))), sentence);
        }
    }

    #[test]
    fn a_share_of_the_on_demand_price_is_a_limit_of_its_own() {
        let out = |usd| rule(&price(None, usd), &terms(0, Some(60)));
        assert_eq!(out(Some("0.5")), None);
        assert_eq!(out(Some("0.499")), Some(Exclusion::AboveOnDemandShare));
        assert_eq!(out(None), Some(Exclusion::OnDemandPriceUnknown));
    }
}
