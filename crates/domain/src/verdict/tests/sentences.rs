//! The sentence of a verdict has the figures that decided.

use super::*;

/// A spot group of which one of at most so many instances is in service.
fn spot_of(max_size: i32) -> Group {
    let mut spot = group(Market::Spot, 1);
    spot.capacity.max_size = max_size;
    spot
}

#[test]
fn a_full_group_is_named_with_its_size() {
    let (spot, empty) = (spot_of(1), group(Market::OnDemand, 0));
    let starved = Group {
        capacity: Capacity {
            in_service: 0,
            ..spot.capacity
        },
        ..spot.clone()
    };
    let jobs = |jobs| Demand::Alarm(Some(demand(jobs, &spot, &empty)));
    for (spot, on_demand, demand, sentence) in [
        (
            &spot,
            &empty,
            Demand::Alarm(None),
            "workers-spot is at its MaxSize of 1, with all of its instances in service or launching.",
        ),
        (
            &spot,
            &group(Market::OnDemand, 1),
            Demand::Alarm(None),
            "workers-spot is at its MaxSize of 1 and workers-on-demand is at its MaxSize of 1: neither group can grow.",
        ),
        (
            &starved,
            &empty,
            Demand::Alarm(None),
            "workers-spot is at its MaxSize of 1, but has 0 in service and 0 launching, so on-demand scales up.",
        ),
        (
            &spot,
            &empty,
            jobs(11),
            "workers-spot is at its MaxSize of 1, but 11 jobs wait for each of 1 instances, where 10 may, so on-demand scales up.",
        ),
    ] {
        let verdict = decide(spot, on_demand, &margin(), vec![], demand).verdict;
        assert_eq!(verdict.sentence, sentence);
    }
}

#[test]
fn a_backlog_is_counted_for_each_instance() {
    let (spot, on_demand) = (spot_of(5), group(Market::OnDemand, 0));
    for (jobs, sentence) in [
        (0, "No job waits any more."),
        (10, "10 jobs wait for each of 1 instances, and 10 may."),
    ] {
        let demand = Demand::Backlog(demand(jobs, &spot, &on_demand));
        let verdict = decide(&spot, &on_demand, &margin(), vec![], demand).verdict;
        assert_eq!(verdict.sentence, sentence);
    }
}

#[test]
fn without_a_price_the_types_and_zones_are_named() {
    let nowhere = Group {
        instance_types: vec!["g4dn.xlarge".into(), "g5.xlarge".into()],
        availability_zones: vec![],
        ..group(Market::Spot, 0)
    };
    for (spot, on_demand, sentence) in [
        (
            &group(Market::Spot, 0),
            0,
            "In doubt on-demand: no spot price of g4dn.xlarge in eu-west-1a was found in the window.",
        ),
        (
            &nowhere,
            1,
            "Spot is tried under EC2's own price cap: no spot price of g4dn.xlarge, g5.xlarge in none was found in the window, but workers-on-demand is at its MaxSize of 1.",
        ),
    ] {
        let on_demand = group(Market::OnDemand, on_demand);
        let demand = Demand::Alarm(None);
        let verdict = decide(spot, &on_demand, &margin(), vec![], demand).verdict;
        assert_eq!(verdict.sentence, sentence);
    }
}

#[test]
fn a_price_stands_against_its_limit() {
    let on_demand_full = "g4dn.xlarge in a averaged 9 USD per hour, above the limit of 0.425 (0.5 less 15 %), and workers-on-demand is at its MaxSize of 1.";
    for (usd, on_demand, sentence) in [
        (
            "0.2",
            0,
            "g4dn.xlarge in a averaged 0.2 USD per hour, within the limit of 0.425 (0.5 less 15 %).",
        ),
        (
            "9",
            0,
            "g4dn.xlarge in a averaged 9 USD per hour, the cheapest, above the limit of 0.425 (0.5 less 15 %).",
        ),
        ("9", 1, on_demand_full),
    ] {
        let (spot, on_demand) = (group(Market::Spot, 0), group(Market::OnDemand, on_demand));
        let pools = vec![pool("a", Some(usd))];
        let verdict = decide(&spot, &on_demand, &margin(), pools, Demand::Alarm(None)).verdict;
        assert_eq!(verdict.sentence, sentence);
    }
}
