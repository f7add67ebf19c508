//! What both groups may have together.

use super::*;

/// Groups of up to 9 that ask for 5 together, of which 3 are in service.
fn groups() -> [Group; 2] {
    let group = |market, sizes| testing::group(market, capacity(sizes));
    [
        group(Market::Spot, [9, 3, 2, 0]),
        group(Market::OnDemand, [9, 2, 1, 0]),
    ]
}

/// The groups may have `most` together.
fn situation<'a>(groups: &'a [Group; 2], most: Option<u32>, case: Case<'a>) -> Situation<'a> {
    let terms = Terms {
        maximum_capacity_of_both_groups: most,
        ..margin()
    };
    Situation {
        spot: &groups[0],
        on_demand: &groups[1],
        terms,
        case,
    }
}

fn cheap() -> Vec<PoolPrice> {
    vec![pool("eu-west-1a", Some("0.1"))]
}

fn backlog(visible_messages: u64) -> Backlog {
    Backlog {
        visible_messages,
        instances: 3,
        per_instance: Some(Decimal::from(visible_messages) / Decimal::from(3)),
        target_per_instance: Decimal::ONE,
    }
}

#[test]
fn at_the_maximum_no_group_scales_up_and_no_price_is_asked_for() {
    let groups = groups();
    let jobs = backlog(100);
    for case in [
        Case::ScaleUp(Demand::Alarm(Some(jobs.clone()))),
        Case::RebalanceRecommended(Demand::Backlog(jobs.clone())),
    ] {
        for (most, is_at_maximum) in [
            (Some(4), true),
            (Some(5), true),
            (Some(6), false),
            (None, false),
        ] {
            let situation = situation(&groups, most, case.clone());
            assert_eq!(situation.asks_for_prices(), !is_at_maximum, "{most:?}");
            let evaluation = situation.decide(cheap());
            assert_eq!(evaluation.backlog.as_ref(), Some(&jobs));
            let (choice, reason) = if is_at_maximum {
                (Choice::Nothing, ReasonCode::BothGroupsAtMaximum)
            } else {
                (Choice::Spot, ReasonCode::SpotWithinLimit)
            };
            let verdict = evaluation.verdict;
            assert_eq!(
                (verdict.choice, verdict.reason),
                (choice, reason),
                "{most:?}"
            );
        }
    }
    let alarm = Case::ScaleUp(Demand::Alarm(None));
    let verdict = situation(&groups, Some(5), alarm)
        .decide(Vec::new())
        .verdict;
    assert_eq!(
        verdict.sentence,
        "workers-spot and workers-on-demand ask for 5 together, and may not have more."
    );
}

#[test]
fn at_the_maximum_nothing_is_done_in_doubt_either() {
    let groups = groups();
    for (most, choice) in [(5, Choice::Nothing), (6, Choice::OnDemand)] {
        let alarm = Case::ScaleUp(Demand::Alarm(None));
        let verdict = situation(&groups, Some(most), alarm).if_evaluation_fails();
        assert_eq!(verdict.choice, choice);
        assert_eq!(verdict.reason, ReasonCode::EvaluationFailed);
    }
}

#[test]
fn the_maximum_does_not_matter_if_nothing_more_is_wanted() {
    let groups = groups();
    for (case, reason) in [
        (
            Case::ScaleUp(Demand::Backlog(backlog(0))),
            ReasonCode::QueueEmpty,
        ),
        (Case::ReturnToSpot, ReasonCode::SpotWithinLimit),
        (Case::SpotLacksInstance, ReasonCode::SpotLaunchFailed),
    ] {
        let situation = situation(&groups, Some(5), case);
        assert_eq!(situation.decide(cheap()).verdict.reason, reason);
    }
}
