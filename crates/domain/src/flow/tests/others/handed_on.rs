//! What spot lacks is asked of on-demand, whichever execution asked for it.

use super::*;

#[test]
fn one_is_asked_of_on_demand_by_its_policy_and_more_by_its_desired_capacity() {
    asked(Others::default())
        .finds(testing::capacity([9, 4, 3, 0]), &[failed_launch()])
        .scales(ScaleOutcome::StoodDown)
        .scales_up(Market::OnDemand, true, true);
    hands_on()
        .scaled()
        .waits(Market::OnDemand, 7, Some(10), 15)
        .arrives()
        .at("CapacityArrived");
    // Repeated to the same value.
    hands_on()
        .loses_answer()
        .finds(testing::capacity([100, 7, 7, 0]), &[])
        .raises(Market::OnDemand, 7, 10);
    // What was lowered before, it lacked at the check.
    asked(Others::default())
        .finds(LACKS_THREE, &[failed_launch()])
        .scales_with(ScaleOutcome::AlreadyDown, testing::capacity([9, 3, 3, 0]))
        .raises(Market::OnDemand, 7, 10);
    // What came since then is not asked for.
    asked(Others::default())
        .finds(LACKS_THREE, &[failed_launch()])
        .scales_with(ScaleOutcome::StoodDown, testing::capacity([9, 6, 4, 0]))
        .raises(Market::OnDemand, 7, 9);
}

#[test]
fn what_another_execution_has_lowered_since_the_check_it_has_handed_on() {
    let given_up = || asked(Others::default()).finds(LACKS_THREE, &[failed_launch()]);
    let served = testing::capacity([9, 3, 3, 0]);
    given_up()
        .scales_first(ScaleOutcome::AlreadyDown, served)
        .finds(served, &[failed_launch()])
        .at("NoLongerNeeded");
    // It lacks as many as before.
    given_up()
        .scales_first(ScaleOutcome::AlreadyDown, testing::capacity([9, 3, 2, 0]))
        .raises(Market::OnDemand, 7, 10);
}

#[test]
fn what_launches_is_no_part_of_what_is_lacking() {
    let mut played = asked(Others::default());
    let Step::WaitForCapacity { progress, .. } = &mut played.machine.step else {
        panic!("{:?} is no wait", played.machine.step);
    };
    progress.attempt.as_mut().unwrap().waited_seconds = 300;
    let launching = testing::capacity([9, 7, 3, 2]);
    let given_up = played.finds(launching, &[]);
    let attempt = &given_up.machine.step.progress().unwrap().attempt;
    let seen = attempt.as_ref().unwrap().seen.unwrap();
    assert_eq!((seen.desired_capacity, seen.lacks), (7, 2));
}

#[test]
fn on_demand_is_raised_from_what_the_stand_down_saw() {
    let played = asked(Others::default()).finds(LACKS_THREE, &[failed_launch()]);
    let Machine { step, failure, .. } = &played.machine;
    let scaled = Scaled {
        outcome: ScaleOutcome::StoodDown,
        sentence: "",
        baseline_capacity: 0,
        target_capacity: Some(3),
        capacity_before: LACKS_THREE,
        on_demand_capacity: Some(testing::capacity([100, 20, 20, 0])),
        is_first: false,
        launched: Launched::default(),
    };
    let next = played.flow().scaled(step, &scaled, failure, began_at());
    let machine = Machine::new(next.unwrap());
    let raise = ScaleAction::RaiseCapacity {
        market: Market::OnDemand,
        from: 20,
        to: 23,
    };
    assert_eq!(machine.step.action(), Some(&raise));
}

#[test]
fn no_more_is_handed_on_than_on_demand_has_room_for() {
    decided(found(|_| ()), CHEAP)
        .scaled()
        .finds(LACKS_THREE, &[failed_launch()])
        .stands_down_to(4)
        .scales(ScaleOutcome::StoodDown)
        .raises(Market::OnDemand, 7, 9);
    let least = found(|found| {
        roomy(found);
        found.spot_group.capacity.min_size = 2;
    });
    decided(least, CHEAP)
        .scaled()
        .finds(LACKS_THREE, &[failed_launch()])
        .stands_down_to(2);
}

#[test]
fn on_demand_that_others_raised_meanwhile_is_asked_for_the_rest_too() {
    let raised_to = |desired_capacity| {
        let capacity = testing::capacity([100, desired_capacity, 7, 0]);
        hands_on().scales_with(ScaleOutcome::Scaled, capacity)
    };
    raised_to(7).waits(Market::OnDemand, 7, Some(10), 15);
    raised_to(8)
        .checked()
        .scales_up(Market::OnDemand, true, true)
        .scaled()
        .at("WaitForCapacity");
    raised_to(9)
        .checked()
        .raises(Market::OnDemand, 10, 12)
        .scales_with(ScaleOutcome::Scaled, testing::capacity([100, 10, 7, 3]))
        .waits(Market::OnDemand, 10, Some(12), 15);
    // Others have raised it to that value since, and count on it.
    hands_on()
        .scales_first(
            ScaleOutcome::AlreadyScaled,
            testing::capacity([100, 10, 7, 3]),
        )
        .checked()
        .raises(Market::OnDemand, 10, 13);
}

#[test]
fn what_on_demand_was_asked_for_is_waited_for_though_it_has_no_room_for_the_rest() {
    hands_on()
        .scales_with(ScaleOutcome::Scaled, testing::capacity([9, 7, 7, 0]))
        .waits(Market::OnDemand, 7, Some(9), 15);
    hands_on()
        .scales_with(ScaleOutcome::Scaled, testing::capacity([100, 8, 7, 0]))
        .checked()
        .scales_up(Market::OnDemand, true, true)
        .scales(ScaleOutcome::GroupFull)
        .waits(Market::OnDemand, 7, Some(10), 15);
}

#[test]
fn what_others_lacked_is_handed_on_in_addition_to_what_was_not_asked_for() {
    let lowered = testing::capacity([9, 5, 3, 0]);
    let refused = decided(found(roomy), CHEAP).fails(DENIED, "no");
    let full = decided(found(roomy), CHEAP).asks_nothing(ScaleOutcome::GroupFull);
    for played in [refused, full] {
        played
            .stands_down_to(3)
            .scales_with(ScaleOutcome::StoodDown, lowered)
            .raises(Market::OnDemand, 7, 10);
    }
}

#[test]
fn what_nobody_could_look_at_is_left_to_those_that_asked_for_it() {
    decided(found(roomy), CHEAP)
        .scaled()
        .fails(DENIED, "no")
        .takes_back(4, 1)
        .scales_with(ScaleOutcome::StoodDown, testing::capacity([9, 5, 3, 0]))
        .scales_up(Market::OnDemand, true, true);
}
