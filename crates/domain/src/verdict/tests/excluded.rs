//! Verdicts if every pool that has a price is excluded.

use super::*;
use crate::price::Exclusion;

#[test]
fn doubt_means_on_demand_then_spot_and_too_dear_a_price_never_spot() {
    const IN_DOUBT: (Choice, ReasonCode) = (Choice::Spot, ReasonCode::PriceUnknownOnDemandFull);
    const TOO_DEAR: (Choice, ReasonCode) = (Choice::Nothing, ReasonCode::OnDemandGroupFull);
    let cheap = || pool("a", Some("0.2"));
    let interrupted = PoolPrice {
        interrupted_at: Some(Timestamp::UNIX_EPOCH),
        ..cheap()
    };
    let scored = PoolPrice {
        placement_score: Some(4),
        ..cheap()
    };
    for (excluded, percent, rule, reason, if_on_demand_is_full) in [
        (
            failed(cheap()),
            None,
            Exclusion::LaunchFailed,
            ReasonCode::RecentLaunchFailures,
            IN_DOUBT,
        ),
        (
            interrupted,
            None,
            Exclusion::Interrupted,
            ReasonCode::PoolsInterrupted,
            IN_DOUBT,
        ),
        (
            scored,
            None,
            Exclusion::PlacementScoreTooLow,
            ReasonCode::PlacementScoreTooLow,
            IN_DOUBT,
        ),
        (
            cheap(),
            Some(60),
            Exclusion::OnDemandPriceUnknown,
            ReasonCode::OnDemandPriceUnknown,
            IN_DOUBT,
        ),
        (
            with_on_demand("0.25", cheap()),
            Some(60),
            Exclusion::AboveOnDemandShare,
            ReasonCode::SpotAboveOnDemandShare,
            TOO_DEAR,
        ),
    ] {
        let terms = Terms {
            minimum_placement_score: 5,
            maximum_percent_of_on_demand: percent.map(Decimal::from),
            ..margin()
        };
        for (desired, expected) in [(0, (Choice::OnDemand, reason)), (1, if_on_demand_is_full)] {
            let evaluation = decide(
                &group(Market::Spot, 0),
                &group(Market::OnDemand, desired),
                &terms,
                vec![excluded.clone(), pool("b", None)],
                Demand::Alarm(None),
            );
            let verdict = evaluation.verdict;
            assert_eq!((verdict.choice, verdict.reason), expected, "{reason}");
            assert_eq!(evaluation.cheapest, None, "{reason}");
            assert_eq!(evaluation.pools[0].excluded(), Some(rule), "{reason}");
        }
    }
}

#[test]
fn a_pool_that_meets_the_terms_is_a_choice() {
    let terms = Terms {
        minimum_placement_score: 5,
        maximum_percent_of_on_demand: Some(Decimal::from(60)),
        ..margin()
    };
    let price = PoolPrice {
        placement_score: Some(5),
        ..with_on_demand("0.5", pool("a", Some("0.3")))
    };
    let (spot, on_demand) = (group(Market::Spot, 0), group(Market::OnDemand, 0));
    let demand = Demand::Alarm(None);
    let verdict = decide(&spot, &on_demand, &terms, vec![price], demand).verdict;
    assert_eq!(verdict.reason, ReasonCode::SpotWithinLimit);
}
