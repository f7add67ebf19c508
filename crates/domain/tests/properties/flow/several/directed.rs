//! What several executions come to, by value.

use spotmanager_domain::Market;

use crate::world::{Ended, Fault, Kind, Several, SimulatedGroup, at_once, group, play};

/// What both groups ask for and have in service at the end, if they have all that they ask for.
fn served(ended: &Ended) -> [i32; 2] {
    ended.after.map(|capacity| {
        assert_eq!(
            capacity.in_service,
            capacity.desired_capacity,
            "{}",
            ended.story()
        );
        capacity.in_service
    })
}

fn ends(ended: &Ended) -> Vec<&'static str> {
    ended.executions.iter().map(|course| course.end).collect()
}

/// A return from one on-demand instance, and an alarm so many milliseconds later.
fn return_and_alarm(spot: SimulatedGroup, later: u32) -> Several {
    Several {
        on_demand: group(1, &[100]),
        ..at_once(spot, &[(0, Kind::Return), (later, Kind::Alarm)])
    }
}

fn strike(several: &mut Several, execution: usize, visit: usize, fault: Fault) {
    let faults = &mut several.begins[execution].faults;
    faults.resize(visit, Fault::None);
    faults.push(fault);
}

#[test]
fn an_alarm_next_to_a_return_without_spot_gets_its_instance() {
    for later in (0..40_000).step_by(500) {
        let ended = play(&return_and_alarm(group(0, &[0]), later));
        assert_eq!(served(&ended), [0, 2], "{later}: {}", ended.story());
        assert_eq!(
            ends(&ended),
            ["StayedOnDemand", "CapacityArrived"],
            "{}",
            ended.story()
        );
        assert!(!ended.is_notified(), "{}", ended.story());
    }
}

#[test]
fn an_alarm_next_to_a_return_whose_check_fails_gets_its_instance() {
    for later in (0..60_000).step_by(1_000) {
        for visit in 2..6 {
            let mut several = return_and_alarm(group(0, &[100]), later);
            let refused = Fault::Refused("SpotManager.AccessDenied");
            strike(&mut several, 0, visit, refused);
            let ended = play(&several);
            let [spot, on_demand] = served(&ended);
            let all = spot + on_demand;
            assert!(all >= 2, "{later} {visit}: {}", ended.story());
            assert!(
                all == 2 || ended.is_notified(),
                "{later} {visit}: {}",
                ended.story()
            );
        }
    }
}

#[test]
fn a_scale_up_that_was_not_sent_takes_no_other_s_growth_for_its_own() {
    for later in (0..20_000).step_by(500) {
        for fault in [
            Fault::Refused("SpotManager.Transient"),
            Fault::Lost { took_effect: false },
        ] {
            for (execution, kind) in [(0, Kind::Return), (1, Kind::Return), (1, Kind::Alarm)] {
                let mut several = return_and_alarm(group(0, &[100]), later);
                several.begins[0].kind = kind;
                let before = match kind {
                    Kind::Return => 1,
                    _ => 0,
                };
                several.on_demand = group(before, &[100]);
                strike(&mut several, execution, 1, fault);
                let ended = play(&several);
                let [spot, on_demand] = served(&ended);
                let is_met = spot + on_demand == 2;
                assert!(is_met || ended.is_notified(), "{later}: {}", ended.story());
                // A refused one asked for nothing, which is known.
                assert!(
                    is_met || fault == Fault::Lost { took_effect: false },
                    "{later}: {}",
                    ended.story()
                );
            }
        }
    }
}

#[test]
fn a_return_lowers_on_demand_once_and_leaves_an_alarm_its_instance() {
    for later in (0..60_000).step_by(1_000) {
        for fault in [
            Fault::Lost { took_effect: true },
            Fault::Lost { took_effect: false },
            Fault::Repeated,
        ] {
            let mut several = return_and_alarm(group(0, &[100]), later);
            several.begins[1].is_cheap = false;
            // Spot has come after two checks.
            for visit in 3..7 {
                strike(&mut several, 0, visit, fault);
                several.begins[0].faults.truncate(visit + 1);
                let ended = play(&several);
                let on_demand_lowered = ended.lowered_by(0, Market::OnDemand);
                assert!(on_demand_lowered <= 1, "{later}: {}", ended.story());
                let [spot, on_demand] = served(&ended);
                let all = spot + on_demand;
                assert!(all >= 2, "{later}: {}", ended.story());
                assert!(
                    all == 2 || ended.is_notified(),
                    "{later}: {}",
                    ended.story()
                );
                several.begins[0].faults.clear();
            }
        }
    }
}

#[test]
fn a_replacement_is_not_lost_if_its_instance_was_detached_before_and_an_alarm_came() {
    for later in (0..20_000).step_by(500) {
        for zones in [0, 1, 100] {
            let spot = group(1, &[zones]);
            let mut several = at_once(spot, &[(0, Kind::Warning(0)), (later, Kind::Alarm)]);
            // *scale* is killed after it has detached the instance, and runs again.
            strike(&mut several, 0, 1, Fault::Repeated);
            let ended = play(&several);
            let [spot, on_demand] = served(&ended);
            assert_eq!(spot + on_demand, 2, "{later}: {}", ended.story());
            assert!(!ended.is_notified(), "{}", ended.story());
        }
    }
}

#[test]
fn sixteen_warnings_at_once_bring_sixteen_replacements() {
    for (left, is_cheap, expected) in [
        (100, true, [16, 0]),
        (5, true, [5, 11]),
        (0, true, [0, 16]),
        (100, false, [0, 16]),
    ] {
        for apart in [0, 100, 2_000] {
            let warnings: Vec<_> = (0..16)
                .map(|number| (number * apart, Kind::Warning(number as usize)))
                .collect();
            let mut several = at_once(group(16, &[left]), &warnings);
            for begin in &mut several.begins {
                begin.is_cheap = is_cheap;
            }
            let ended = play(&several);
            assert_eq!(served(&ended), expected, "{apart}: {}", ended.story());
            assert!(!ended.is_notified(), "{}", ended.story());
        }
    }
}

#[test]
fn eighteen_alarms_at_once_bring_eighteen_instances() {
    for (left, expected) in [(100, [18, 0]), (7, [7, 11]), (0, [0, 18])] {
        for apart in [0, 100, 2_000] {
            let alarms: Vec<_> = (0..18).map(|alarm| (alarm * apart, Kind::Alarm)).collect();
            let ended = play(&at_once(group(0, &[left]), &alarms));
            assert_eq!(served(&ended), expected, "{apart}: {}", ended.story());
            assert!(!ended.is_notified(), "{}", ended.story());
        }
    }
}

#[test]
fn ten_ticks_return_ten_instances_and_no_more() {
    for (left, expected) in [(100, [10, 0]), (4, [4, 6]), (0, [0, 10])] {
        for apart in [5_000, 20_000, 100_000, 900_000] {
            let ticks: Vec<_> = (0..10).map(|tick| (tick * apart, Kind::Return)).collect();
            let ended = play(&Several {
                on_demand: group(10, &[100]),
                ..at_once(group(0, &[left]), &ticks)
            });
            assert_eq!(served(&ended), expected, "{apart}: {}", ended.story());
            assert!(!ended.is_notified(), "{}", ended.story());
        }
    }
}

#[test]
fn a_recommendation_and_a_later_warning_bring_one_replacement() {
    for later in (0..200_000).step_by(2_500) {
        for (left, expected) in [(100, [3, 0]), (1, [3, 0]), (0, [2, 1])] {
            let kinds = [(0, Kind::Recommendation(1)), (later, Kind::Warning(1))];
            let ended = play(&at_once(group(3, &[left]), &kinds));
            assert_eq!(served(&ended), expected, "{later}: {}", ended.story());
        }
    }
}
