//! A group over time.

use rust_decimal::Decimal;

use super::*;
use crate::{PriceChange, Purchase};

pub(super) fn at(second: i64) -> Timestamp {
    Timestamp::from_second(second).unwrap()
}

pub(super) fn place(zone: &str) -> Place {
    Place {
        zone: format!("us-east-1{zone}"),
        zone_id: format!("use1-az-{zone}"),
        subnet: format!("subnet-{zone}"),
    }
}

pub(super) fn kind(instance_type: &str, weight: Option<i32>) -> Kind {
    Kind {
        instance_type: instance_type.to_owned(),
        weight,
    }
}

fn group(purchase: Purchase) -> Group {
    Group::new(
        Definition {
            name: "workers".into(),
            min_size: 0,
            max_size: 2,
            places: vec![place("a"), place("b")],
            kinds: vec![kind("g4dn.xlarge", None)],
            allocation: Allocation::InOrder,
            purchase,
            maximum_price: Some("0.5".parse().unwrap()),
        },
        0,
    )
}

#[test]
fn an_instance_is_pending_and_then_in_service() {
    let (mut group, market) = (group(Purchase::Spot), Market::default());
    group.set_desired(1, "a user request executed policy ScaleUp", at(0));
    group.tick(at(0), &market, 1.0);
    assert_eq!(group.instances(at(29))[0].lifecycle_state, "Pending");
    group.tick(at(30), &market, 1.0);
    assert_eq!(group.instances(at(30))[0].lifecycle_state, "InService");
    assert_eq!(group.activities[0].status, Status::Successful);
    assert!(
        group.activities[0]
            .cause
            .contains("policy ScaleUp changing")
    );
}

#[test]
fn without_capacity_each_zone_is_tried_in_turn_for_ever() {
    let (mut group, market) = (group(Purchase::Spot), Market::default());
    for zone in ["us-east-1a", "us-east-1b"] {
        market.set_capacity("g4dn.xlarge", zone, Purchase::Spot, false);
    }
    group.set_desired(1, "a user request", at(0));
    for second in 0..50 {
        group.tick(at(second), &market, 1.0);
    }
    let zones: Vec<_> = group.activities.iter().map(|a| a.zone.as_str()).collect();
    assert_eq!(zones, ["us-east-1a", "us-east-1b", "us-east-1a"]);
    assert!(group.activities.iter().all(|a| a.status == Status::Failed));
    assert_eq!(group.desired, 1);
    assert_eq!(group.new_failures().len(), 3);
    assert!(group.new_failures().is_empty());
    group.set_desired(0, "a user request", at(50));
    group.tick(at(100), &market, 1.0);
    assert_eq!(group.activities.len(), 3);
}

#[test]
fn a_zone_gives_as_many_instances_as_it_has() {
    let (mut group, market) = (group(Purchase::Spot), Market::default());
    for (zone, left) in [("us-east-1a", 1), ("us-east-1b", 0)] {
        market.set_instances_left("g4dn.xlarge", zone, Purchase::Spot, Some(left));
    }
    group.set_desired(2, "a user request", at(0));
    for second in 0..50 {
        group.tick(at(second), &market, 1.0);
    }
    let instances = group.instances(at(50)).into_iter();
    let zones: Vec<_> = instances.map(|one| one.availability_zone).collect();
    assert_eq!(zones, ["us-east-1a"]);
    assert_eq!(group.new_failures().len(), 3);
}

#[test]
fn a_price_above_the_maximum_launches_nothing() {
    let (mut group, market) = (group(Purchase::Spot), Market::default());
    let dear = vec![PriceChange {
        at: at(0),
        usd: Decimal::ONE,
    }];
    market.set_price_history("g4dn.xlarge", "us-east-1a", dear);
    group.set_desired(1, "a user request", at(1));
    group.tick(at(1), &market, 1.0);
    let message = group.activities[0].message.clone().unwrap();
    assert!(message.contains("SpotMaxPriceTooLow"), "{message}");
}

#[test]
fn desired_stays_within_the_bounds_and_the_newest_goes_first() {
    let (mut group, market) = (group(Purchase::OnDemand), Market::default());
    group.set_desired(9, "a user request", at(0));
    group.tick(at(0), &market, 1.0);
    assert_eq!(group.instances(at(0)).len(), 2);
    let oldest = group.instances(at(0))[0].instance_id.clone();
    group.set_desired(1, "a user request", at(60));
    group.tick(at(60), &market, 1.0);
    assert_eq!(group.instances(at(60))[0].instance_id, oldest);
    group.set_desired(-3, "a user request", at(61));
    assert_eq!(group.desired, 0);
}

/// A group of six units whose types weigh 4 and 1, in one zone.
fn weighing(purchase: Purchase, allocation: Allocation) -> Group {
    let mut group = group(purchase);
    group.definition.max_size = 6;
    group.definition.places = vec![place("a")];
    group.definition.kinds = vec![kind("large", Some(4)), kind("small", Some(1))];
    group.definition.allocation = allocation;
    group
}

fn types(group: &Group) -> Vec<String> {
    let instances = group.instances(at(0)).into_iter();
    instances.map(|one| one.instance_type).collect()
}

#[test]
fn a_group_that_weighs_counts_units_and_keeps_what_it_cannot_give_up() {
    let market = Market::default();
    let mut group = weighing(Purchase::OnDemand, Allocation::InOrder);
    group.set_desired(5, "a user request", at(0));
    group.tick(at(0), &market, 1.0);
    assert_eq!(types(&group), ["large", "large"]);
    let weight = group.instances(at(0))[0].weighted_capacity.clone();
    assert_eq!(weight.as_deref(), Some("4"));
    group.tick(at(1), &market, 1.0);
    assert_eq!(types(&group).len(), 2);
    group.set_desired(4, "a user request", at(2));
    group.tick(at(2), &market, 1.0);
    assert_eq!(types(&group), ["large"]);
    let cause = &group.activities.last().unwrap().cause;
    assert!(cause.ends_with("from 8 to 4."), "{cause}");
}

#[test]
fn the_next_type_takes_the_place_of_one_that_cannot_be_had() {
    let market = Market::default();
    market.set_instances_left("large", "us-east-1a", Purchase::OnDemand, Some(1));
    let mut group = weighing(Purchase::OnDemand, Allocation::InOrder);
    group.set_desired(6, "a user request", at(0));
    group.tick(at(0), &market, 1.0);
    assert_eq!(types(&group), ["large", "small", "small"]);
}

#[test]
fn the_cheapest_unit_comes_first_if_the_strategy_says_so() {
    let market = Market::default();
    for (instance_type, usd) in [("large", Decimal::TWO), ("small", Decimal::new(4, 1))] {
        let price = PriceChange { at: at(0), usd };
        market.set_price_history(instance_type, "us-east-1a", vec![price]);
        market.set_on_demand_price(instance_type, usd);
    }
    for purchase in [Purchase::Spot, Purchase::OnDemand] {
        let mut group = weighing(purchase, Allocation::ByPrice);
        // A type without a price is no choice before one that has it.
        group.definition.kinds.insert(0, kind("unknown", Some(1)));
        group.definition.maximum_price = None;
        group.set_desired(1, "a user request", at(1));
        group.tick(at(1), &market, 1.0);
        assert_eq!(types(&group), ["small"]);
    }
}
