//! What reports failures and decisions: both topics, the alarms on failures, and the rule.

use serde_json::{Value, json};

use super::{
    Chain, FailureAlarm, FailureKind, Holder, LinkName, NotRead, Read, command,
    link::Examined,
    rights::{Judged, judge},
};
use crate::{Finding, Part, Rule, Snapshot, chain::function::name};

const LINK: LinkName = LinkName::Notifications;

pub(super) fn examine(snapshot: &Snapshot, chain: &Chain) -> Examined {
    let operation = &chain.operation;
    let subject = operation.operations_topic_arn.as_str();
    let looked_at = [
        topics(snapshot, chain),
        alarms(snapshot, chain),
        rule(snapshot, chain),
    ];
    let not_read = looked_at.iter().find_map(|one| one.not_read.clone());
    let problems: Vec<_> = looked_at.into_iter().flat_map(|one| one.problems).collect();
    let mut examined = match (problems.first(), not_read) {
        (Some((detail, _)), _) => Examined::of_problems(LINK, subject, detail, &problems),
        (None, Some(why)) => Examined::not_checked(LINK, subject, &why),
        (None, None) => Examined::ok(
            LINK,
            subject,
            "exists, as do the notifications topic, the three alarms and the rule that publish to them",
        ),
    };
    examined
        .findings
        .extend(problems.into_iter().map(|(_, finding)| finding));
    examined
}

/// What came of looking at a part.
#[derive(Default)]
struct Looked {
    problems: Vec<(String, Finding)>,
    not_read: Option<NotRead>,
}

impl Looked {
    fn warn(&mut self, rule: Rule, subject: &str, detail: &str, fix: String) {
        let problem = format!(
            "{} {detail}, so that nobody hears what it reports.",
            name(subject)
        );
        let finding = Finding::new(rule, subject, problem, fix);
        self.problems
            .push((format!("{} {detail}", name(subject)), finding));
    }

    fn unread(&mut self, why: &NotRead) {
        self.not_read.get_or_insert_with(|| why.clone());
    }
}

fn topics(snapshot: &Snapshot, chain: &Chain) -> Looked {
    let (operation, mut looked) = (&chain.operation, Looked::default());
    let notifications = &operation.notifications;
    for (arn, read) in [
        (
            &operation.operations_topic_arn,
            &notifications.operations_topic,
        ),
        (
            &notifications.notifications_topic.name,
            &notifications.notifications_topic.read,
        ),
    ] {
        match read {
            Read::Found(()) => {}
            Read::NotRead(why) => looked.unread(why),
            Read::Missing => {
                let fix = command::deploy_anew(snapshot);
                looked.warn(Rule::NotificationTopicGone, arn, "does not exist", fix);
            }
        }
    }
    looked
}

fn alarms(snapshot: &Snapshot, chain: &Chain) -> Looked {
    let (operation, mut looked) = (&chain.operation, Looked::default());
    let listed = match &operation.notifications.alarms {
        Read::Found(listed) => listed.as_slice(),
        Read::NotRead(why) => {
            looked.unread(why);
            return looked;
        }
        Read::Missing => &[],
    };
    if let Some(why) = snapshot.unread(&[Part::Alarms]) {
        looked.unread(why);
        return looked;
    }
    let topic = operation.operations_topic_arn.as_str();
    for listed in listed {
        let mut alarms = snapshot.alarms.iter();
        let fix = || put_alarm(chain, listed);
        match alarms.find(|alarm| alarm.name == listed.name) {
            None => {
                let rule = Rule::FailureAlarmGone;
                looked.warn(rule, &listed.name, "does not exist", fix());
            }
            Some(alarm) if !alarm.actions_enabled => {
                let rule = Rule::FailureAlarmSilent;
                looked.warn(rule, &listed.name, "has its actions disabled", fix());
            }
            Some(alarm) if !alarm.alarm_actions.iter().any(|arn| arn == topic) => {
                let rule = Rule::FailureAlarmSilent;
                let detail = "does not act on the operations topic";
                looked.warn(rule, &listed.name, detail, fix());
            }
            Some(_) => {}
        }
    }
    looked
}

/// The alarm as the template has it.
/// See <https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricAlarm.html>.
fn put_alarm(chain: &Chain, alarm: &FailureAlarm) -> String {
    let queue = chain.dead_letter_queue_arn.as_deref().map_or("", name);
    let machine = chain.state_machine_arn.as_str();
    let (namespace, metric, dimension, value, statistic) = match alarm.on {
        FailureKind::DeadLetter => (
            "AWS/SQS",
            "ApproximateNumberOfMessagesVisible",
            "QueueName",
            queue,
            "Maximum",
        ),
        FailureKind::FailedExecution => (
            "AWS/States",
            "ExecutionsFailed",
            "StateMachineArn",
            machine,
            "Sum",
        ),
        FailureKind::TimedOutExecution => (
            "AWS/States",
            "ExecutionsTimedOut",
            "StateMachineArn",
            machine,
            "Sum",
        ),
    };
    format!(
        "aws cloudwatch put-metric-alarm --alarm-name {} --namespace {namespace} --metric-name {metric} --dimensions Name={dimension},Value={value} --statistic {statistic} --period 60 --evaluation-periods 1 --threshold 0 --comparison-operator GreaterThanThreshold --treat-missing-data notBreaching --alarm-actions {}",
        alarm.name, chain.operation.operations_topic_arn
    )
}

fn rule(snapshot: &Snapshot, chain: &Chain) -> Looked {
    let (notifications, mut looked) = (&chain.operation.notifications, Looked::default());
    let name = notifications.rule.name.as_str();
    let rule = match &notifications.rule.read {
        Read::Found(rule) => rule,
        Read::NotRead(why) => {
            looked.unread(why);
            return looked;
        }
        Read::Missing => {
            let fix = command::deploy_anew(snapshot);
            looked.warn(Rule::NotificationRuleGone, name, "does not exist", fix);
            return looked;
        }
    };
    let topic = notifications.notifications_topic.name.as_str();
    if rule.state == "DISABLED" {
        let fix = format!("aws events enable-rule --name {name}");
        looked.warn(Rule::NotificationRuleSilent, name, "is DISABLED", fix);
    }
    if !rule.target_arns.iter().any(|arn| arn == topic) {
        let fix = format!(
            "Name the topic {topic} as its target again, under the role that the stack lists as notificationsRole."
        );
        let detail = "does not publish to the notifications topic";
        looked.warn(Rule::NotificationRuleSilent, name, detail, fix);
        return looked;
    }
    match judge(&chain.operation, Holder::NotificationsRule) {
        Judged::Held => {}
        Judged::Lacking(what, finding) => looked.problems.push((what, finding)),
        Judged::NotRead(why) => looked.unread(&why),
    }
    let expected = json!({
        "source": ["spotmanager"],
        "detail": {"state_machine_arn": [chain.state_machine_arn]},
    });
    if serde_json::from_str::<Value>(&rule.event_pattern).ok() != Some(expected) {
        let why = format!("the event pattern of {name} is not the template's");
        looked.unread(&NotRead::because(why));
    }
    looked
}

#[cfg(test)]
mod tests {
    use super::*;
    use spotmanager_domain::resources::{Alarm, EventRule};

    use crate::{LinkState, Operation, Severity, chain::link, testing::snapshot};

    fn with(change: impl FnOnce(&mut Operation, &mut Vec<Alarm>)) -> Examined {
        let mut snapshot = snapshot();
        let operation = &mut snapshot.chain.as_mut().unwrap().operation;
        change(operation, &mut snapshot.alarms);
        examine(&snapshot, snapshot.chain.as_ref().unwrap())
    }

    fn with_rule(change: impl FnOnce(&mut EventRule)) -> Examined {
        with(|operation, _| {
            if let Read::Found(rule) = &mut operation.notifications.rule.read {
                change(rule);
            }
        })
    }

    fn expect(examined: &Examined, state: LinkState, rules: &[Rule]) {
        link::expect(examined, state, rules);
        for finding in &examined.findings {
            assert_eq!(finding.severity, Severity::Warning);
        }
    }

    #[test]
    fn each_topic_alarm_and_rule_that_is_gone_is_warned_of() {
        expect(&with(|_, _| {}), LinkState::Ok, &[]);
        let gone = [Rule::NotificationTopicGone];
        let operations = with(|operation, _| {
            operation.notifications.operations_topic = Read::Missing;
        });
        expect(&operations, LinkState::Warning, &gone);
        let notifications = with(|operation, _| {
            operation.notifications.notifications_topic.read = Read::Missing;
        });
        expect(&notifications, LinkState::Warning, &gone);
        let rule = with(|operation, _| operation.notifications.rule.read = Read::Missing);
        expect(&rule, LinkState::Warning, &[Rule::NotificationRuleGone]);
        for (name, metric) in [
            (
                "sm-dead-letter",
                "QueueName,Value=sm-dead --statistic Maximum",
            ),
            ("sm-failed", "--metric-name ExecutionsFailed"),
            ("sm-timed-out", "--metric-name ExecutionsTimedOut"),
        ] {
            let alarm = with(|_, alarms| alarms.retain(|alarm| alarm.name != name));
            expect(&alarm, LinkState::Warning, &[Rule::FailureAlarmGone]);
            let fix = &alarm.findings[0].fix;
            assert!(fix.contains(name) && fix.contains(metric), "{fix}");
        }
    }

    #[test]
    fn what_is_there_and_reports_nothing_is_warned_of() {
        for change in [
            (|alarm| alarm.actions_enabled = false) as fn(&mut Alarm),
            |alarm| alarm.alarm_actions.clear(),
        ] {
            let silent = with(|_, alarms| change(alarms.last_mut().unwrap()));
            expect(&silent, LinkState::Warning, &[Rule::FailureAlarmSilent]);
        }
        for change in [
            (|rule| rule.state = "DISABLED".into()) as fn(&mut EventRule),
            |rule| rule.target_arns.clear(),
        ] {
            let silent = with_rule(change);
            expect(&silent, LinkState::Warning, &[Rule::NotificationRuleSilent]);
        }
    }

    #[test]
    fn what_cannot_be_read_is_not_checked() {
        let pattern = with_rule(|rule| rule.event_pattern = r#"{"source": ["other"]}"#.into());
        expect(&pattern, LinkState::NotChecked, &[]);
        assert!(pattern.link.detail.contains("event pattern"), "{pattern:?}");
        let refused = || NotRead::because("refused");
        let alarms = with(|operation, _| {
            operation.notifications.alarms = Read::NotRead(refused());
        });
        expect(&alarms, LinkState::NotChecked, &[]);
        let mut snapshot = snapshot();
        snapshot.unread.insert(Part::Alarms, refused());
        let unread = examine(&snapshot, snapshot.chain.as_ref().unwrap());
        expect(&unread, LinkState::NotChecked, &[]);
    }
}
