//! What each kind of discovery leads to.

use crate::{
    testing,
    verdict::{Choice, ReasonCode},
};
use serde_json::{Value, json};

use super::*;

fn group(market: &str, desired: i32) -> Value {
    json!({
        "market": market, "logical_id": "asg", "auto_scaling_group_name": market,
        "capacity": {"min_size": 0, "max_size": 2, "desired_capacity": desired,
                     "in_service": desired, "pending": 0},
        "instance_types": ["g4dn.xlarge", "g5.xlarge"], "subnet_ids": [],
        "availability_zones": ["a", "b"],
        "maximum_price": {"usd": "0.5", "source": "tag", "found_in": "SpotPrice"},
        "scale_up_policy": {"policy_name": "up", "policy_type": "SimpleScaling",
                            "adjustment_type": "ChangeInCapacity", "scaling_adjustment": 1},
    })
}

/// An empty spot group and an on-demand group of one, with a JSON merge patch.
fn discovery(patch: Value) -> Discovery {
    let mut discovery = json!({
        "stack_name": "farm",
        "settings": crate::Settings::default(),
        "spot_group": group("spot", 0),
        "on_demand_group": group("on_demand", 1),
    });
    merge(&mut discovery, patch);
    serde_json::from_value(discovery).unwrap()
}

fn merge(into: &mut Value, patch: Value) {
    match (into, patch) {
        (Value::Object(fields), Value::Object(patch)) => {
            for (name, value) in patch {
                merge(fields.entry(name).or_insert(Value::Null), value);
            }
        }
        (into, patch) => *into = patch,
    }
}

fn leader() -> Value {
    json!({"leader": {"execution_name": "farm-1", "started_at": "2026-01-01T00:00:00Z"}})
}

/// A loss of the pool of `g4dn.xlarge` in the zone `a`.
fn loss(kind: &str) -> Value {
    let pool = json!({"instance_type": "g4dn.xlarge", "availability_zone": "a"});
    json!({"loss": {"kind": kind, "event_id": "1", "time": "2026-01-01T00:00:00Z",
                    "auto_scaling_group_name": "spot", "pool": pool}})
}

fn sizes(spot: i32, on_demand: i32) -> Value {
    let size = |desired| json!({"capacity": {"desired_capacity": desired, "in_service": desired}});
    json!({"spot_group": size(spot), "on_demand_group": size(on_demand)})
}

fn queue(visible_messages: u64) -> Value {
    json!({"queue": {"logical_id": "jobs", "queue_url": "https://sqs/jobs",
                     "visible_messages": visible_messages}})
}

fn with(mut one: Value, other: Value) -> Value {
    merge(&mut one, other);
    one
}

fn back() -> Value {
    json!({"purpose": "return_to_spot"})
}

fn price(instance_type: &str, zone: &str, usd: &str) -> PoolPrice {
    let mut price = testing::price(zone, Some(usd.parse().unwrap()));
    price.pool.instance_type = instance_type.into();
    price
}

#[test]
fn prices_are_asked_for_only_if_they_may_change_the_verdict() {
    for (patch, asks) in [
        (json!({}), true),
        (sizes(1, 0), true),
        (loss("interruption_warning"), true),
        (loss("rebalance_recommendation"), true),
        (back(), true),
        (with(back(), sizes(0, 0)), false),
        (leader(), false),
        (loss("launch_unsuccessful"), false),
        (loss("instance_gone"), false),
        (sizes(2, 1), false),
        (json!({"spot_group": {"instance_types": []}}), false),
        (json!({"spot_group": {"availability_zones": []}}), false),
    ] {
        assert_eq!(discovery(patch.clone()).asks_for_prices(1), asks, "{patch}");
    }
}

#[test]
fn a_pool_is_a_type_of_the_spot_group_in_a_zone_of_it() {
    let pools = discovery(json!({})).pools().collect::<Vec<_>>();
    let of = |instance_type, zone| price(instance_type, zone, "0").pool;
    assert_eq!(
        pools,
        [
            of("g4dn.xlarge", "a"),
            of("g4dn.xlarge", "b"),
            of("g5.xlarge", "a"),
            of("g5.xlarge", "b"),
        ]
    );
}

#[test]
fn leader_purpose_loss_and_round_say_which_question_is_asked() {
    for (patch, round, choice, reason) in [
        (json!({}), 1, Choice::Spot, ReasonCode::SpotWithinLimit),
        (back(), 1, Choice::Spot, ReasonCode::SpotWithinLimit),
        (
            with(back(), sizes(0, 0)),
            1,
            Choice::Nothing,
            ReasonCode::NothingOnDemand,
        ),
        (
            with(back(), leader()),
            1,
            Choice::Nothing,
            ReasonCode::AnotherExecutionLeads,
        ),
        (
            loss("launch_unsuccessful"),
            1,
            Choice::Nothing,
            ReasonCode::SpotGroupServed,
        ),
        (
            with(
                loss("instance_gone"),
                json!({"spot_group": {"capacity": {"desired_capacity": 1}}}),
            ),
            1,
            Choice::Spot,
            ReasonCode::SpotLaunchFailed,
        ),
        // In the first round the alarm is the authority, and later the queue.
        (queue(0), 1, Choice::Spot, ReasonCode::SpotWithinLimit),
        (queue(0), 2, Choice::Nothing, ReasonCode::QueueEmpty),
        (queue(0), 3, Choice::Nothing, ReasonCode::QueueEmpty),
        (queue(99), 2, Choice::Spot, ReasonCode::SpotWithinLimit),
        (json!({}), 2, Choice::Spot, ReasonCode::SpotWithinLimit),
    ] {
        let pools = vec![price("g4dn.xlarge", "b", "0.2")];
        let verdict = discovery(patch.clone()).decide(round, pools).verdict;
        assert_eq!(
            (verdict.choice, verdict.reason),
            (choice, reason),
            "{patch}"
        );
    }
}

#[test]
fn the_execution_s_settings_are_the_terms() {
    for (setting, value, reason) in [
        (
            "safety_margin_percent",
            json!("59"),
            ReasonCode::SpotWithinLimit,
        ),
        (
            "safety_margin_percent",
            json!("61"),
            ReasonCode::SpotAboveLimit,
        ),
        (
            "minimum_placement_score",
            json!(3),
            ReasonCode::SpotWithinLimit,
        ),
        (
            "minimum_placement_score",
            json!(4),
            ReasonCode::PlacementScoreTooLow,
        ),
        (
            "maximum_percent_of_on_demand",
            json!("60"),
            ReasonCode::OnDemandPriceUnknown,
        ),
    ] {
        let patch = json!({"settings": {setting: value}});
        let mut pool = price("g4dn.xlarge", "b", "0.2");
        pool.placement_score = Some(3);
        let verdict = discovery(patch.clone()).decide(1, vec![pool]).verdict;
        assert_eq!(verdict.reason, reason, "{patch}");
    }
}

#[test]
fn of_a_pool_the_discovery_knows_its_weight_and_its_interruption() {
    let weights = json!({"spot_group": {"weighted_capacities": {"g4dn.xlarge": 2}}});
    let lost = discovery(with(loss("interruption_warning"), weights));
    let at = lost.loss.as_ref().map(|loss| loss.time);
    assert!(at.is_some());
    let known = lost
        .pools()
        .map(|pool| (lost.interrupted_at(&pool), lost.weighted_capacity(&pool)));
    assert_eq!(
        known.collect::<Vec<_>>(),
        [(at, Some(2)), (None, Some(2)), (None, None), (None, None)]
    );
    let alarm = discovery(json!({}));
    assert!(
        alarm
            .pools()
            .all(|pool| alarm.interrupted_at(&pool).is_none())
    );
}

#[test]
fn a_failed_evaluation_changes_something_only_if_capacity_is_missing() {
    let lacks_one = json!({"spot_group": {"capacity": {"desired_capacity": 1}}});
    for (patch, round, choice) in [
        (json!({}), 1, Choice::OnDemand),
        (sizes(0, 2), 1, Choice::Spot),
        (sizes(2, 2), 1, Choice::Nothing),
        (queue(0), 1, Choice::OnDemand),
        (queue(0), 2, Choice::Nothing),
        (queue(99), 2, Choice::OnDemand),
        (loss("interruption_warning"), 1, Choice::OnDemand),
        (loss("rebalance_recommendation"), 1, Choice::Nothing),
        (loss("launch_unsuccessful"), 1, Choice::Nothing),
        (
            with(loss("launch_unsuccessful"), lacks_one.clone()),
            1,
            Choice::Spot,
        ),
        (with(loss("instance_gone"), lacks_one), 1, Choice::Spot),
        (back(), 1, Choice::Nothing),
        (leader(), 1, Choice::Nothing),
    ] {
        let verdict = discovery(patch.clone()).if_evaluation_fails(round);
        assert_eq!(verdict.choice, choice, "{patch}");
        assert_eq!(verdict.reason, ReasonCode::EvaluationFailed, "{patch}");
        let sentence = verdict.sentence.strip_prefix("The evaluation failed. ");
        assert!(sentence.is_some_and(|why| why.ends_with('.')), "{patch}");
    }
}
