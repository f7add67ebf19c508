//! The alarm for jobs: there is one, its actions are enabled, and it acts on the topic. The rules of
//! `jobs_alarm` say what to do about one that does not.

use spotmanager_domain::resources::Alarm;

use super::{Chain, LinkName, link::Examined};
use crate::{Part, Snapshot, rules::topics::jobs_alarms, topic_arn::topic_name};

pub(super) fn examine(snapshot: &Snapshot, chain: &Chain) -> Examined {
    if let Some(why) = snapshot.unread(&[Part::Alarms, Part::WorkersStack]) {
        return Examined::not_checked(LinkName::Alarm, &snapshot.stack_name, why);
    }
    let topic = topic_name(&chain.topic_arn);
    let telling: Vec<_> = jobs_alarms(snapshot)
        .filter(|alarm| alarm.topics().any(|arn| arn == chain.topic_arn))
        .collect();
    let acting = telling.iter().find(|alarm| alarm.actions_enabled);
    match (acting, telling.first()) {
        (Some(alarm), _) => {
            let detail = format!("acts on {topic}{}", state(alarm));
            Examined::ok(LinkName::Alarm, &alarm.name, detail)
        }
        (None, Some(alarm)) => {
            let detail = format!("its actions are disabled{}", state(alarm));
            Examined::broken(LinkName::Alarm, &alarm.name, detail)
        }
        (None, None) => {
            let detail = format!("no alarm for the jobs of this stack acts on {topic}");
            Examined::broken(LinkName::Alarm, &snapshot.stack_name, detail)
        }
    }
}

fn state(alarm: &Alarm) -> String {
    match (alarm.state.as_str(), alarm.state_since) {
        ("", _) => String::new(),
        (state, None) => format!("; {state}"),
        (state, Some(since)) => format!("; {state} since {since}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{LinkState, testing::snapshot};

    fn link(snapshot: &Snapshot) -> (LinkState, String) {
        let examined = examine(snapshot, snapshot.chain.as_ref().unwrap());
        (examined.link.state, examined.link.detail)
    }

    #[test]
    fn one_alarm_that_acts_is_enough() {
        let mut snapshot = snapshot();
        snapshot.alarms[0].state = "ALARM".into();
        snapshot.alarms[0].state_since = Some("2026-01-01T00:00:00Z".parse().unwrap());
        let (state, detail) = link(&snapshot);
        assert_eq!(state, LinkState::Ok);
        assert_eq!(
            detail,
            "acts on farm-jobs-to-do; ALARM since 2026-01-01T00:00:00Z"
        );
        let mut second = snapshot.alarms[0].clone();
        second.actions_enabled = false;
        snapshot.alarms.insert(0, second);
        assert_eq!(link(&snapshot).0, LinkState::Ok);
    }

    #[test]
    fn an_alarm_that_is_disabled_or_missing_breaks_the_chain() {
        let mut snapshot = snapshot();
        snapshot.alarms[0].actions_enabled = false;
        let (state, detail) = link(&snapshot);
        assert_eq!(state, LinkState::Broken);
        assert!(detail.contains("disabled"), "{detail}");
        snapshot.alarms[0].alarm_actions.clear();
        let (state, detail) = link(&snapshot);
        assert_eq!(state, LinkState::Broken);
        assert!(detail.contains("no alarm"), "{detail}");
    }
}
