//! Executions of the same pair of groups that run next to this one.

mod handed_on;

use serde_json::json;

use super::*;
use crate::flow::Progress;

/// One of several executions of a pair without a queue, which asked spot for its own.
fn asked(others: Others) -> Played {
    decided(found(roomy), CHEAP).scaled().next_to(others)
}

fn before(before: u32) -> Others {
    Others {
        before,
        ..Others::default()
    }
}

/// One that has ended since the round began.
const ENDED: Others = Others {
    before: 0,
    after: 0,
    returns: 0,
    ended: 1,
    ended_returns: 0,
    on_demand_desired: None,
    lost_has_left: false,
};

/// The spot group asks for 6, of which 3 are in service and none launches.
const LACKS_THREE: Capacity = testing::capacity([9, 6, 3, 0]);

/// All that it lacks is handed on.
fn hands_on() -> Played {
    asked(Others::default())
        .finds(LACKS_THREE, &[failed_launch()])
        .stands_down_to(0)
        .scales(ScaleOutcome::StoodDown)
        .raises(Market::OnDemand, 7, 10)
}

#[test]
fn the_one_that_began_first_hands_on_what_spot_lacks_and_the_others_leave_it_to_that() {
    let returns = |returns| Others {
        returns,
        ..Others::default()
    };
    for (others, checks) in [
        (Others::default(), 0),
        (
            Others {
                after: 15,
                ..Others::default()
            },
            0,
        ),
        (ENDED, 0),
        (before(1), 2),
        (before(11), 22),
        (before(12), 24),
        (before(15), 24),
        (returns(1), 8),
        (returns(3), 8),
        (
            Others {
                returns: 1,
                ..before(1)
            },
            10,
        ),
    ] {
        let mut played = asked(others);
        for check in 0..checks {
            let waited = 15 * (check + 2);
            played =
                played
                    .looked(CapacityStatus::NoCapacity)
                    .waits(Market::Spot, 3, Some(4), waited);
        }
        played
            .looked(CapacityStatus::NoCapacity)
            .at("StandDownSpot");
    }
}

#[test]
fn what_others_handed_on_is_no_longer_needed_and_what_came_has_arrived() {
    let left = || {
        let left = asked(before(1)).looked(CapacityStatus::NoCapacity);
        left.at("WaitForCapacity")
    };
    left()
        .looked(CapacityStatus::Withdrawn)
        .at("NoLongerNeeded");
    left().arrives().at("CapacityArrived");
    // They have ended without it.
    left()
        .next_to(Others::default())
        .looked(CapacityStatus::TimedOut)
        .at("StandDownSpot");
}

#[test]
fn on_demand_without_hope_is_left_to_nobody() {
    decided(found(|_| ()), DEAR)
        .scaled()
        .next_to(before(3))
        .looked(CapacityStatus::TimedOut)
        .at("Failed");
}

#[test]
fn others_are_asked_for_only_if_it_depends_on_them() {
    let depends = |played: &Played, capacity, activities: &[Activity]| {
        let progress = played.machine.step.progress().unwrap();
        let flow = played.flow();
        let markets = flow.looks_at(progress);
        let looks: Vec<_> = markets
            .map(|market| Look {
                market,
                capacity,
                activities,
            })
            .collect();
        assert!(!looks.is_empty());
        flow.depends_on_others(progress, &looks)
    };
    let failed = [failed_launch()];
    let spot = asked(Others::default());
    assert!(depends(&spot, LACKS_THREE, &failed));
    assert!(!depends(&spot, LACKS_THREE, &[]));
    let mut late = asked(Others::default());
    let Step::WaitForCapacity { progress, .. } = &mut late.machine.step else {
        panic!("{:?} is no wait", late.machine.step);
    };
    progress.attempt.as_mut().unwrap().waited_seconds = 300;
    assert!(depends(&late, LACKS_THREE, &[]));
    let on_demand = decided(found(|_| ()), DEAR).scaled();
    assert!(!depends(
        &on_demand,
        testing::capacity([9, 8, 7, 0]),
        &failed
    ));
    let unclear = decided(found(|_| ()), DEAR).loses_answer();
    assert!(depends(&unclear, testing::capacity([9, 8, 7, 1]), &[]));
    let back = || decided(returning(|_| ()), CHEAP).scaled();
    assert!(depends(&back(), LACKS_THREE, &[]));
    let lowered = back().arrives().scales(ScaleOutcome::ScaledDown);
    assert!(!depends(&lowered, testing::capacity([9, 5, 5, 0]), &[]));
    assert!(depends(&lowered, testing::capacity([9, 7, 7, 0]), &[]));
}

#[test]
fn a_scale_up_that_may_be_another_s_is_notified_and_waited_for() {
    let after = Others {
        after: 1,
        ..Others::default()
    };
    let message = "Its outcome is unknown, and another execution runs for the same groups. Only \
                   one of both may have scaled up: an instance may be missing.";
    for (usd, market, [desired, in_service, pending], baseline) in [
        (CHEAP, Market::Spot, [4, 3, 1], 3),
        (DEAR, Market::OnDemand, [8, 7, 1], 7),
    ] {
        let unclear = decided(found(|_| ()), usd).loses_answer();
        let filled = decided(found(|_| ()), usd).scales(ScaleOutcome::AlreadyScaled);
        for played in [unclear, filled] {
            let notified = played
                .next_to(after)
                .finds(testing::capacity([9, desired, in_service, pending]), &[])
                .notified(UNKNOWN, "ScaleUp", message)
                .waits(market, baseline, Some(baseline + 1), 30)
                .arrives();
            let subject = "SpotManager cannot confirm a scale-up for render-farm";
            assert_eq!(notified.machine.messages.len(), 1);
            assert_eq!(notified.machine.messages[0].subject, subject);
            let cause = &notified.machine.messages[0].failure.cause;
            let group = format!("workers-{market} asks for {desired}, and another");
            assert!(cause.starts_with(&group), "{cause}");
            notified.at("CapacityArrived");
        }
    }
    decided(found(|_| ()), CHEAP)
        .loses_answer()
        .next_to(ENDED)
        .finds(testing::capacity([5, 4, 3, 1]), &[])
        .notified(UNKNOWN, "ScaleUp", message);
    // Also one of many.
    hands_on()
        .scales(ScaleOutcome::AlreadyScaled)
        .next_to(after)
        .finds(testing::capacity([100, 10, 7, 3]), &[])
        .notified(UNKNOWN, "ScaleUp", message)
        .waits(Market::OnDemand, 7, Some(10), 30);
    // Without effect it is done again.
    decided(found(|_| ()), CHEAP)
        .loses_answer()
        .next_to(after)
        .finds(testing::capacity([5, 3, 3, 0]), &[])
        .scales_up(Market::Spot, true, false);
    // A queue says what is missing.
    let sized = decided(sized(120, |_| ()), CHEAP).loses_answer();
    let sized = sized
        .next_to(after)
        .finds(testing::capacity([5, 5, 3, 2]), &[]);
    assert_eq!(sized.machine.messages, []);
    sized.waits(Market::Spot, 3, Some(5), 30);
}

#[test]
fn what_a_group_lacks_is_waited_for_though_others_took_back_theirs() {
    decided(found(|_| ()), CHEAP)
        .scaled()
        .finds(testing::capacity([5, 3, 2, 0]), &[])
        .waits(Market::Spot, 3, Some(4), 30)
        .finds(testing::capacity([5, 3, 3, 0]), &[])
        .at("NoLongerNeeded");
}

#[test]
fn a_progress_without_what_is_new_is_read() {
    let played = decided(found(|_| ()), CHEAP).scaled();
    let progress = played.machine.step.progress().unwrap();
    let written = json!(progress);
    for name in [
        "moved",
        "on_demand_desired",
        "lowering",
        "lost_has_left",
        "recommended",
    ] {
        assert_eq!(written.get(name), None, "{name}");
    }
    for name in ["left_to_others", "seen", "unclear"] {
        assert_eq!(written["attempt"].get(name), None, "{name}");
    }
    let read: Progress = serde_json::from_value(written).unwrap();
    assert_eq!(&read, progress);
}
