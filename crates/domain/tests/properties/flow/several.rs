//! Executions of one pair next to each other: each gets what it asks for, and no more is bought.

mod directed;

use proptest::prelude::*;
use spotmanager_domain::{Capacity, LossKind};

use crate::world::{Ended, Kind, Several, SeveralCourse as Course, any_several, play};

fn in_service(groups: [Capacity; 2]) -> i32 {
    groups.iter().map(|capacity| capacity.in_service).sum()
}

fn desired(groups: [Capacity; 2]) -> i32 {
    groups
        .iter()
        .map(|capacity| capacity.desired_capacity)
        .sum()
}

/// How many instances EC2 takes back that nothing was to be done about: both groups are full, or it was
/// a dry run.
fn lost(ended: &Ended) -> i32 {
    let is_lost = |course: &&Course| {
        let loss = course.rounds[0].0.loss.as_ref();
        let kind = loss.map(|loss| loss.kind);
        kind == Some(LossKind::InterruptionWarning) && !course.acts()
    };
    i32::try_from(ended.executions.iter().filter(is_lost).count()).unwrap()
}

/// How many there are in service at least, if all goes well.
fn least(ended: &Ended) -> i32 {
    let more = ended.alarms() + ended.came_for_recommended();
    in_service(ended.before) + more - ended.taken - lost(ended)
}

/// How many are asked for at most, if all goes well. What spot lacks because of a recommendation or a
/// return another execution hands on to on-demand, as it does not know what it is for. A return leaves
/// groups alone that others change, and what may have been taken by another execution is asked for again.
fn most(ended: &Ended) -> i32 {
    let recommended = ended.acting(|kind| matches!(kind, Kind::Recommendation(_)));
    let asked = ended.alarms() + recommended + ended.kept_by_returns();
    desired(ended.before) + asked + ended.in_doubt()
}

fn without_queue(has_faults: bool) -> impl Strategy<Value = Several> {
    any_several(has_faults).prop_map(|several| Several {
        messages: None,
        ..several
    })
}

fn with_queue() -> impl Strategy<Value = Several> {
    (any_several(false), 0..200_u64).prop_map(|(several, messages)| Several {
        messages: Some(messages),
        ..several
    })
}

proptest! {
    #![proptest_config(crate::cases(256))]

    #[test]
    fn without_faults_there_are_as_many_as_before_one_for_each_alarm_and_one_for_each_replacement(
        several in without_queue(false),
    ) {
        let ended = play(&several);
        let (least, most) = (least(&ended), most(&ended));
        prop_assert!(in_service(ended.after) >= least, "{least} at least: {}", ended.story());
        prop_assert!(desired(ended.after) <= most, "{most} at most: {}", ended.story());
        prop_assert!(!ended.is_notified_of_faults(), "{}", ended.story());
        let [lacked, lacks] = [ended.before, ended.after].map(|[spot, _]| spot.lacks());
        prop_assert!(lacks <= lacked + lost(&ended), "{lacked} lacked: {}", ended.story());
    }

    #[test]
    fn with_a_queue_as_many_come_as_it_needs_and_one_for_each_replacement(
        several in with_queue(),
    ) {
        let ended = play(&several);
        // What returns and recommendations bring in addition for a time counts for the queue.
        let needed = if ended.is_queue_served() {
            i32::try_from(several.messages.unwrap().div_ceil(10)).unwrap()
        } else {
            0
        };
        let needed = needed - ended.brought_for_a_time();
        // What others ask for meanwhile counts for the queue too, until the next round.
        let replaced = in_service(ended.before) - ended.alarms();
        let least = needed.max(replaced) - ended.taken - lost(&ended);
        // A DesiredCapacity that is set asks again for what others took meanwhile.
        // What spot asks for in vain counts for nothing.
        let [spot, _] = ended.before;
        let most = most(&ended) + ended.taken_by_others() + spot.lacks();
        // What was lost is replaced; the next round asks for all that the queue needs.
        let needs = i32::try_from(several.messages.unwrap().div_ceil(10)).unwrap();
        let recommended = ended.acting(|kind| matches!(kind, Kind::Recommendation(_)));
        let brought = lost(&ended) + recommended + ended.brought_for_a_time();
        // In its first round an alarm asks for one at least.
        let most = most.max(needs + brought + ended.alarms());
        prop_assert!(in_service(ended.after) >= least, "{least} at least: {}", ended.story());
        prop_assert!(desired(ended.after) <= most, "{most} at most: {}", ended.story());
        // Next to a return it is not known whose raise it was.
        let mut kinds = ended.executions.iter().map(|course| course.kind);
        let returns = kinds.any(|kind| kind == Kind::Return);
        prop_assert!(returns || !ended.is_notified_of_faults(), "{}", ended.story());
    }

    #[test]
    fn whatever_fails_nobody_goes_without_and_nothing_is_bought_twice_or_that_is_notified(
        several in without_queue(true),
    ) {
        let ended = play(&several);
        if !ended.is_notified() {
            // If it is not known what came of a step, the safe way is to ask again.
            // A stand-down that was killed does not know what another had raised just before.
            let least = least(&ended) - ended.killed_stand_downs();
            // One that asks again asks for all that spot lacked, whichever execution wanted it.
            let most = most(&ended) + ended.struck() * (ended.alarms() + lost(&ended)).max(1);
            prop_assert!(in_service(ended.after) >= least, "{least} at least: {}", ended.story());
            prop_assert!(desired(ended.after) <= most, "{most} at most: {}", ended.story());
        }
    }
}
