//! Which stack SpotManager reads from an alarm and the topic that it tells.

use spotmanager_domain::{is_stack_name, resources::Alarm};

use crate::{Snapshot, topic_arn::topic_name};

/// The stack that an alarm asks for by a topic, found as *start* finds it.
pub(crate) fn stack_asked_for<'a>(
    snapshot: &'a Snapshot,
    alarm: &Alarm,
    topic_arn: &'a str,
) -> Option<&'a str> {
    let topic_name = topic_name(topic_arn);
    if let Some(deployment) = snapshot.spotmanager.found() {
        if let Some(pair) = deployment.pairs.asked_for_by(&alarm.name, topic_name) {
            return Some(&pair.stack_name);
        }
        if deployment.reads_tags && snapshot.is_own(alarm) {
            return Some(&snapshot.stack_name);
        }
    }
    topic_name
        .strip_suffix(snapshot.topic_suffix.as_str())
        .filter(|name| is_stack_name(name))
}

/// The alarms that ask for the stack, whether or not their actions are enabled.
pub(crate) fn jobs_alarms(snapshot: &Snapshot) -> impl Iterator<Item = &Alarm> {
    let alarms = snapshot.alarms.iter();
    alarms.filter(move |alarm| told_for(snapshot, alarm).next().is_some())
}

/// The topics by which an alarm asks for the pair.
pub(crate) fn told_for<'a>(
    snapshot: &'a Snapshot,
    alarm: &'a Alarm,
) -> impl Iterator<Item = &'a str> {
    alarm
        .topics()
        .filter(move |topic| asks_for(snapshot, alarm, topic))
}

/// Whether an alarm asks for the pair by a topic, and not only for another pair of its stack.
fn asks_for(snapshot: &Snapshot, alarm: &Alarm, topic_arn: &str) -> bool {
    let stack = stack_asked_for(snapshot, alarm, topic_arn);
    if stack != Some(snapshot.stack_name.as_str()) {
        return false;
    }
    let (Some(deployment), Some(pair)) = (snapshot.spotmanager.found(), &snapshot.pair) else {
        return true;
    };
    let pairs = &deployment.pairs;
    match pairs.asked_for_by(&alarm.name, topic_name(topic_arn)) {
        Some(named) => named == pair,
        None => pairs.of_stack(&snapshot.stack_name) == *pair,
    }
}

#[cfg(test)]
mod tests {
    use spotmanager_domain::WorkerPairs;

    use super::*;
    use crate::{
        SpotManagerStack,
        testing::{deployment, snapshot},
    };

    const OTHER: &str = "arn:aws:sns:eu-west-1:111122223333:other";

    fn asked(snapshot: &Snapshot, topic: &str) -> Option<String> {
        let stack = stack_asked_for(snapshot, &snapshot.alarms[0], topic);
        stack.map(str::to_owned)
    }

    #[test]
    fn the_topic_s_name_tells_the_stack() {
        let snapshot = snapshot();
        let topic = "arn:aws:sns:eu-west-1:111122223333:mill-jobs-to-do";
        assert_eq!(asked(&snapshot, topic).as_deref(), Some("mill"));
        assert_eq!(asked(&snapshot, OTHER), None);
        assert_eq!(jobs_alarms(&snapshot).count(), 1);
    }

    #[test]
    fn of_two_pairs_of_a_stack_each_has_its_own_alarm() {
        let mut snapshot = snapshot();
        let mut deployment = deployment();
        let pairs = r#"[{"stack_name": "farm", "alarm_name": "big",
            "settings": {"spot_group_logical_id": "bigSpot"}}]"#;
        deployment.pairs = WorkerPairs::read(pairs).unwrap();
        let all = deployment.pairs.all("farm");
        snapshot.spotmanager = SpotManagerStack::Found(deployment);
        let mut big = snapshot.alarms[0].clone();
        big.name = "big".into();
        snapshot.alarms.push(big);
        let alarms = |snapshot: &Snapshot| -> Vec<String> {
            jobs_alarms(snapshot)
                .map(|alarm| alarm.name.clone())
                .collect()
        };
        snapshot.pair = all.first().cloned();
        assert_eq!(alarms(&snapshot), ["big"]);
        snapshot.pair = all.last().cloned();
        assert_eq!(alarms(&snapshot), ["jobs-to-do"]);
    }

    #[test]
    fn a_pair_and_the_alarm_s_tags_come_before_it() {
        let mut snapshot = snapshot();
        let mut deployment = deployment();
        deployment.reads_tags = true;
        snapshot.spotmanager = SpotManagerStack::Found(deployment.clone());
        assert_eq!(asked(&snapshot, OTHER).as_deref(), Some("farm"));
        let pairs = r#"[{"stack_name": "mill", "alarm_name": "jobs-to-do"}]"#;
        deployment.pairs = WorkerPairs::read(pairs).unwrap();
        snapshot.spotmanager = SpotManagerStack::Found(deployment);
        assert_eq!(asked(&snapshot, OTHER).as_deref(), Some("mill"));
    }
}
