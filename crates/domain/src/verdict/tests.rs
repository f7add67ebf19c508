//! Decisions, and their reasons.

mod excluded;
mod maximum;
mod sentences;

use std::num::NonZeroUsize;

use jiff::Timestamp;
use rust_decimal::Decimal;

use super::{
    decide::decide, return_to_spot::decide_return, without_prices::decide_after_failed_launch, *,
};
use crate::{
    Capacity, Group, Market,
    backlog::Backlog,
    launch_failure::LaunchFailure,
    on_demand_price::{OnDemandPrice, OnDemandPriceSource},
    price::PoolPrice,
    testing::{self, capacity},
};

fn margin() -> Terms {
    Terms::with_margin(Decimal::from(15))
}

fn group(market: Market, instances: i32) -> Group {
    testing::group(market, capacity([1, instances, instances, 0]))
}

fn pool(zone: &str, average: Option<&str>) -> PoolPrice {
    testing::price(zone, average.map(|usd| usd.parse().unwrap()))
}

#[test]
fn a_maximum_price_that_cannot_be_read_means_on_demand() {
    let mut spot = group(Market::Spot, 0);
    spot.maximum_price = None;
    spot.launch_problem = Some("the tag SpotPrice is \"cheap\"".into());
    let pools = vec![pool("eu-west-1a", Some("0.1"))];
    let evaluation = decide(
        &spot,
        &group(Market::OnDemand, 0),
        &margin(),
        pools,
        Demand::Alarm(None),
    );
    assert_eq!(evaluation.verdict.choice, Choice::OnDemand);
    assert_eq!(evaluation.verdict.reason, ReasonCode::UnusableLaunchSource);
    assert!(evaluation.verdict.sentence.contains("SpotPrice"));
}

fn verdict(spot: i32, on_demand: i32, pools: Vec<PoolPrice>) -> (Choice, ReasonCode) {
    let evaluation = decide(
        &group(Market::Spot, spot),
        &group(Market::OnDemand, on_demand),
        &margin(),
        pools,
        Demand::Alarm(None),
    );
    (evaluation.verdict.choice, evaluation.verdict.reason)
}

#[test]
fn the_cheapest_zone_counts_and_the_limit_itself_still_is_spot() {
    let pools = vec![
        pool("a", Some("0.9")),
        pool("b", Some("0.425")),
        pool("c", None),
    ];
    assert_eq!(
        verdict(0, 0, pools),
        (Choice::Spot, ReasonCode::SpotWithinLimit)
    );
}

#[test]
fn above_the_limit_is_on_demand_even_if_below_the_maximum() {
    assert_eq!(
        verdict(0, 0, vec![pool("a", Some("0.426"))]),
        (Choice::OnDemand, ReasonCode::SpotAboveLimit)
    );
}

#[test]
fn without_prices_on_demand_scales_up() {
    assert_eq!(
        verdict(0, 0, vec![pool("a", None)]),
        (Choice::OnDemand, ReasonCode::NoPriceSamples)
    );
    assert_eq!(
        verdict(0, 0, vec![]),
        (Choice::OnDemand, ReasonCode::NoPriceSamples)
    );
}

fn failed(pool: PoolPrice) -> PoolPrice {
    let failure = LaunchFailure {
        at: "2026-01-01T00:00:00Z".parse().unwrap(),
        message: "UnfulfillableCapacity".into(),
    };
    PoolPrice {
        launch_failure: Some(failure),
        ..pool
    }
}

#[test]
fn a_pool_whose_launch_failed_of_late_does_not_count_however_cheap() {
    let cheap = || failed(pool("a", Some("0.1")));
    assert_eq!(
        verdict(0, 0, vec![cheap(), pool("b", Some("0.9"))]),
        (Choice::OnDemand, ReasonCode::SpotAboveLimit)
    );
    assert_eq!(
        verdict(0, 0, vec![cheap(), pool("b", Some("0.2"))]),
        (Choice::Spot, ReasonCode::SpotWithinLimit)
    );
    assert_eq!(
        verdict(0, 0, vec![cheap(), pool("b", None)]),
        (Choice::OnDemand, ReasonCode::RecentLaunchFailures)
    );
    // Jobs wait least where spot is tried again.
    assert_eq!(
        verdict(0, 1, vec![cheap()]),
        (Choice::Spot, ReasonCode::PriceUnknownOnDemandFull)
    );
}

#[test]
fn full_groups_are_left_alone() {
    let cheap = || vec![pool("a", Some("0.1"))];
    let dear = || vec![pool("a", Some("9"))];
    assert_eq!(
        verdict(1, 0, cheap()),
        (Choice::Nothing, ReasonCode::SpotGroupFull)
    );
    assert_eq!(
        verdict(1, 1, cheap()),
        (Choice::Nothing, ReasonCode::BothGroupsFull)
    );
    assert_eq!(
        verdict(0, 1, dear()),
        (Choice::Nothing, ReasonCode::OnDemandGroupFull)
    );
    assert_eq!(
        verdict(0, 1, vec![]),
        (Choice::Spot, ReasonCode::PriceUnknownOnDemandFull)
    );
}

#[test]
fn a_full_group_that_lacks_its_instances_gives_way() {
    let mut spot = group(Market::Spot, 1);
    spot.capacity.in_service = 0;
    let choose = |spot: &Group| {
        let pools = vec![pool("a", Some("0.1"))];
        decide(
            spot,
            &group(Market::OnDemand, 0),
            &margin(),
            pools,
            Demand::Alarm(None),
        )
        .verdict
    };
    let verdict = choose(&spot);
    assert_eq!(verdict.choice, Choice::OnDemand);
    assert_eq!(verdict.reason, ReasonCode::SpotGroupStarved);
    spot.capacity.pending = 1;
    assert_eq!(choose(&spot).choice, Choice::Nothing);
}

#[test]
fn without_a_maximum_price_ec2_caps_at_on_demand() {
    let spot = Group {
        maximum_price: None,
        ..group(Market::Spot, 0)
    };
    let evaluation = decide(
        &spot,
        &group(Market::OnDemand, 0),
        &margin(),
        vec![pool("a", Some("9"))],
        Demand::Alarm(None),
    );
    assert_eq!(evaluation.verdict.choice, Choice::Spot);
    assert_eq!(evaluation.verdict.reason, ReasonCode::NoMaximumPrice);
    assert_eq!(evaluation.limit, None);
}

/// Alarms and queries go by these.
#[test]
fn choices_and_reasons_print_as_the_codes_that_metrics_have() {
    assert_eq!(ReasonCode::SpotAboveLimit.to_string(), "SPOT_ABOVE_LIMIT");
    for (choice, code) in [
        (Choice::Spot, "spot"),
        (Choice::OnDemand, "on_demand"),
        (Choice::Nothing, "nothing"),
    ] {
        assert_eq!(choice.to_string(), code);
    }
}

#[test]
fn every_reason_is_counted_but_those_of_which_there_would_be_one_an_hour_or_no_prices() {
    let reasons = ReasonCode::VARIANTS.iter().copied();
    let not_counted: Vec<_> = reasons.filter(|reason| !reason.is_counted()).collect();
    let expected = [ReasonCode::NothingOnDemand, ReasonCode::EvaluationFailed];
    assert_eq!(not_counted, expected);
}

fn demand(visible_messages: u64, spot: &Group, on_demand: &Group) -> Backlog {
    let queue = crate::backlog::Queue {
        logical_id: "jobsQueue".into(),
        queue_url: "https://sqs/jobs".into(),
        visible_messages,
    };
    Backlog::of(&queue, Decimal::TEN, [spot.capacity, on_demand.capacity])
}

#[test]
fn after_capacity_came_the_backlog_says_whether_more_is_needed() {
    let mut spot = group(Market::Spot, 1);
    spot.capacity.max_size = 5;
    let on_demand = group(Market::OnDemand, 0);
    let again = |jobs| {
        let demand = Demand::Backlog(demand(jobs, &spot, &on_demand));
        let pools = vec![pool("a", Some("0.1"))];
        let verdict = decide(&spot, &on_demand, &margin(), pools, demand).verdict;
        (verdict.choice, verdict.reason)
    };
    assert_eq!(again(0), (Choice::Nothing, ReasonCode::QueueEmpty));
    assert_eq!(again(10), (Choice::Nothing, ReasonCode::BacklogAtTarget));
    assert_eq!(again(11), (Choice::Spot, ReasonCode::SpotWithinLimit));
}

#[test]
fn an_alarm_counts_though_the_queue_reads_empty() {
    let (spot, on_demand) = (group(Market::Spot, 0), group(Market::OnDemand, 0));
    let demand = Demand::Alarm(Some(demand(0, &spot, &on_demand)));
    let pools = vec![pool("a", Some("0.1"))];
    let verdict = decide(&spot, &on_demand, &margin(), pools, demand).verdict;
    assert_eq!(verdict.reason, ReasonCode::SpotWithinLimit);
}

#[test]
fn a_full_spot_group_with_too_much_before_it_is_helped_by_on_demand() {
    let (spot, on_demand) = (group(Market::Spot, 1), group(Market::OnDemand, 0));
    for (jobs, choice, reason) in [
        (10, Choice::Nothing, ReasonCode::SpotGroupFull),
        (11, Choice::OnDemand, ReasonCode::BacklogAboveTarget),
    ] {
        let demand = Demand::Alarm(Some(demand(jobs, &spot, &on_demand)));
        let verdict = decide(&spot, &on_demand, &margin(), vec![], demand).verdict;
        assert_eq!((verdict.choice, verdict.reason), (choice, reason));
    }
}

#[test]
fn a_pool_that_was_interrupted_is_excluded() {
    let (spot, on_demand) = (group(Market::Spot, 0), group(Market::OnDemand, 0));
    let mut interrupted = pool("a", Some("0.1"));
    interrupted.interrupted_at = Some("2026-01-01T00:00:00Z".parse().unwrap());
    let choose = |pools| {
        let demand = Demand::Alarm(None);
        let evaluation = decide(&spot, &on_demand, &margin(), pools, demand);
        (
            evaluation
                .cheapest
                .map(|price| price.pool.availability_zone),
            evaluation.verdict.reason,
        )
    };
    let (zone, reason) = choose(vec![interrupted.clone(), pool("b", Some("0.2"))]);
    assert_eq!(zone.as_deref(), Some("b"));
    assert_eq!(reason, ReasonCode::SpotWithinLimit);
    let (zone, reason) = choose(vec![interrupted, pool("b", None)]);
    assert_eq!((zone, reason), (None, ReasonCode::PoolsInterrupted));
}

#[test]
fn spot_takes_over_only_where_nothing_speaks_against_it() {
    for (serving, usd, choice, reason) in [
        (1, "0.1", Choice::Spot, ReasonCode::SpotWithinLimit),
        (1, "9", Choice::Nothing, ReasonCode::OnDemandGroupFull),
        (0, "0.1", Choice::Nothing, ReasonCode::NothingOnDemand),
    ] {
        let evaluation = decide_return(
            &group(Market::Spot, 0),
            &group(Market::OnDemand, serving),
            &margin(),
            vec![pool("a", Some(usd))],
        );
        let verdict = evaluation.verdict;
        assert_eq!((verdict.choice, verdict.reason), (choice, reason));
    }
    let on_demand = group(Market::OnDemand, 1);
    let unknown = vec![pool("a", None)];
    let spot = group(Market::Spot, 0);
    let verdict = decide_return(&spot, &on_demand, &margin(), unknown).verdict;
    assert_eq!(verdict.choice, Choice::Nothing);
}

#[test]
fn a_failed_launch_is_waited_for_only_while_an_instance_lacks() {
    let mut spot = group(Market::Spot, 1);
    let reason = |spot: &Group| decide_after_failed_launch(spot).verdict.reason;
    assert_eq!(reason(&spot), ReasonCode::SpotGroupServed);
    spot.capacity.in_service = 0;
    assert_eq!(reason(&spot), ReasonCode::SpotLaunchFailed);
}

fn with_on_demand(usd: &str, pool: PoolPrice) -> PoolPrice {
    let price = OnDemandPrice {
        usd: usd.parse().unwrap(),
        source: OnDemandPriceSource::PriceList,
    };
    PoolPrice {
        on_demand: Some(price),
        ..pool
    }
}

#[test]
fn what_spot_saves_is_what_on_demand_costs_more_if_spot_is_chosen() {
    let saving = Some("0.326".parse().unwrap());
    let cheap = || vec![with_on_demand("0.526", pool("a", Some("0.2")))];
    let dear = || vec![with_on_demand("0.526", pool("a", Some("0.45")))];
    let [spot, empty, serving] = [
        group(Market::Spot, 0),
        group(Market::OnDemand, 0),
        group(Market::OnDemand, 1),
    ];
    for (evaluation, choice, expected) in [
        (
            decide(&spot, &empty, &margin(), cheap(), Demand::Alarm(None)),
            Choice::Spot,
            saving,
        ),
        (
            decide(&spot, &empty, &margin(), dear(), Demand::Alarm(None)),
            Choice::OnDemand,
            None,
        ),
        (
            decide_return(&spot, &serving, &margin(), cheap()),
            Choice::Spot,
            saving,
        ),
        (
            decide_return(&spot, &serving, &margin(), dear()),
            Choice::Nothing,
            None,
        ),
        // Spot would be chosen, but there is nothing to return from.
        (
            decide_return(&spot, &empty, &margin(), cheap()),
            Choice::Nothing,
            None,
        ),
    ] {
        assert_eq!(evaluation.verdict.choice, choice, "{evaluation:?}");
        assert_eq!(evaluation.saving_usd_per_hour, expected, "{evaluation:?}");
    }
}

#[test]
fn a_weighted_group_compares_what_a_unit_costs() {
    let mut large = pool("a", Some("1.2"));
    large.weighted_capacity = Some(4);
    let mut small = pool("b", Some("0.35"));
    small.weighted_capacity = Some(1);
    let (spot, on_demand) = (group(Market::Spot, 0), group(Market::OnDemand, 0));
    let pools = vec![small, large];
    let evaluation = decide(&spot, &on_demand, &margin(), pools, Demand::Alarm(None));
    let cheapest = evaluation.cheapest.unwrap();
    assert_eq!(cheapest.pool.availability_zone, "a");
    assert_eq!(evaluation.verdict.reason, ReasonCode::SpotWithinLimit);
    let sentence = evaluation.verdict.sentence;
    assert!(
        sentence.contains("0.3 USD per hour for each of its 4 units"),
        "{sentence}"
    );
}

#[test]
fn of_too_many_pools_the_best_ones_are_listed_in_their_order() {
    let mut failed = pool("b", Some("0.1"));
    failed.launch_failure = Some(LaunchFailure {
        at: Timestamp::UNIX_EPOCH,
        message: "UnfulfillableCapacity".into(),
    });
    let (spot, on_demand) = (group(Market::Spot, 0), group(Market::OnDemand, 0));
    let pools = vec![
        pool("a", None),
        failed,
        pool("c", Some("0.3")),
        pool("d", Some("0.2")),
    ];
    let listed = |most| {
        let demand = Demand::Alarm(None);
        let mut evaluation = decide(&spot, &on_demand, &margin(), pools.clone(), demand);
        let left_off = evaluation.list_at_most(most).map_or(0, NonZeroUsize::get);
        let zone = |price: PoolPrice| price.pool.availability_zone;
        (
            left_off,
            evaluation.pools.into_iter().map(zone).collect::<String>(),
        )
    };
    assert_eq!(listed(1), (3, "d".into()));
    assert_eq!(listed(2), (2, "cd".into()));
    assert_eq!(listed(3), (1, "bcd".into()));
    assert_eq!(listed(4), (0, "abcd".into()));
}
