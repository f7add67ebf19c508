//! The alarm for jobs, and the topic that it tells.

use spotmanager_domain::resources::Alarm;

use super::{
    list,
    topics::{jobs_alarms, stack_asked_for},
};
use crate::{Deployment, Finding, Read, Rule, Snapshot, topic_arn::topic_name};

pub(super) fn check(snapshot: &Snapshot) -> Vec<Finding> {
    let mut findings: Vec<_> = jobs_alarms(snapshot).filter_map(disabled).collect();
    findings.extend(snapshot.alarms.iter().flat_map(|alarm| {
        let topics = alarm.topics().filter(|topic| is_gone(snapshot, topic));
        topics.map(move |topic| gone(snapshot, alarm, topic))
    }));
    findings.extend(snapshot.alarms.iter().flat_map(|alarm| {
        let topics = alarm.topics();
        topics.filter_map(move |topic| of_topic(snapshot, alarm, topic))
    }));
    if jobs_alarms(snapshot).next().is_none() {
        findings.push(missing(snapshot));
    }
    findings
}

/// Whether a topic was looked for and does not exist.
fn is_gone(snapshot: &Snapshot, topic_arn: &str) -> bool {
    let mut chain = snapshot.chain.iter();
    chain.any(|chain| chain.other_topics.get(topic_arn) == Some(&Read::Missing))
}

fn gone(snapshot: &Snapshot, alarm: &Alarm, topic_arn: &str) -> Finding {
    let heard = snapshot.spotmanager.found();
    let heard = heard.and_then(|deployment| deployment.jobs_topic_arn.as_deref());
    let heard = heard.unwrap_or("SpotManager's output JobsTopicArn");
    let stack = &snapshot.stack_name;
    Finding::new(
        Rule::TopicGone,
        &alarm.name,
        format!(
            "It acts on {topic_arn}, which does not exist: CloudWatch reports no failure, and no job starts an execution. A change of WorkersStackName or TopicSuffix replaces the topic under another ARN."
        ),
        format!(
            "Name {heard} among the alarm's actions: for workers as in infra/workers.yaml, aws cloudformation deploy --stack-name {stack} --template-file workers.yaml --parameter-overrides JobsTopicArn={heard}"
        ),
    )
}

fn disabled(alarm: &Alarm) -> Option<Finding> {
    (!alarm.actions_enabled).then(|| {
        Finding::new(
            Rule::ActionsDisabled,
            &alarm.name,
            "Its actions are disabled, so that it reports no jobs.",
            format!(
                "aws cloudwatch enable-alarm-actions --alarm-names {}",
                alarm.name
            ),
        )
    })
}

fn of_topic(snapshot: &Snapshot, alarm: &Alarm, topic_arn: &str) -> Option<Finding> {
    let deployment = snapshot.spotmanager.found();
    let stack = stack_asked_for(snapshot, alarm, topic_arn)?;
    // What an entry names is meant so.
    let is_named = |deployment: &Deployment| {
        let pairs = &deployment.pairs;
        pairs
            .asked_for_by(&alarm.name, topic_name(topic_arn))
            .is_some()
    };
    if deployment.is_some_and(is_named) {
        return None;
    }
    if stack != snapshot.stack_name {
        return snapshot.is_own(alarm).then(|| {
            Finding::new(
                Rule::AlarmTellsAnotherStack,
                &alarm.name,
                format!(
                    "It tells {topic_arn}, from whose name SpotManager reads the stack {stack}, and scales that one."
                ),
                "Name the topic of this stack among the alarm's actions, or the alarm in WorkerPairs.",
            )
        });
    }
    let heard = deployment?.jobs_topic_arn.as_deref()?;
    (heard != topic_arn).then(|| {
        Finding::new(
            Rule::TopicNotHeard,
            &alarm.name,
            format!("It tells {topic_arn}; the function start is subscribed to {heard}."),
            "Name the output JobsTopicArn among the alarm's actions, or subscribe the function StartFunctionName to the topic.",
        )
    })
}

fn missing(snapshot: &Snapshot) -> Finding {
    let own = snapshot
        .alarms
        .iter()
        .filter(|alarm| snapshot.is_own(alarm));
    let told: Vec<_> = own
        .flat_map(|alarm| {
            let topics = alarm.topics();
            topics.map(move |topic| {
                let gone = if is_gone(snapshot, topic) {
                    ", which does not exist"
                } else {
                    ""
                };
                format!("{} acts on {}{gone}", alarm.name, topic_name(topic))
            })
        })
        .collect();
    let told = if told.is_empty() {
        "no alarm of the stack acts on a topic".to_owned()
    } else {
        list(told.iter().map(String::as_str))
    };
    let wanted = format!("{}{}", snapshot.stack_name, snapshot.topic_suffix);
    let (rule, stack) = (Rule::JobsAlarmMissing, &snapshot.stack_name);
    let Some(deployment) = snapshot.spotmanager.found() else {
        return to_come(snapshot, &wanted, &told);
    };
    let heard = deployment.jobs_topic_arn.as_deref().unwrap_or(&wanted);
    Finding::new(
        rule,
        stack,
        format!(
            "No alarm acts on a topic from which SpotManager reads this stack, such as {wanted}: {told}."
        ),
        format!("{} Or name the alarm in WorkerPairs.", add_action(heard)),
    )
}

/// Before SpotManager is deployed no alarm can name its topic, unless it foresees the ARN.
fn to_come(snapshot: &Snapshot, wanted: &str, told: &str) -> Finding {
    let arn = topic_arn(snapshot, wanted);
    Finding::new(
        Rule::JobsAlarmMissing,
        &snapshot.stack_name,
        format!("SpotManager's topic will be {arn}; no alarm of this stack names it yet: {told}."),
        format!("After spotmanager deploy: {}", add_action(&arn)),
    )
    .milder()
}

fn add_action(arn: &str) -> String {
    format!(
        "Add the topic to the actions of the alarm for jobs in the stack's template, `AlarmActions: [\"{arn}\"]`, and update the stack."
    )
}

/// The topic's ARN, in the account and region of what the stack has.
fn topic_arn(snapshot: &Snapshot, name: &str) -> String {
    let own = snapshot.alarms.iter().map(|alarm| alarm.arn.as_str());
    let policies = snapshot.groups().flat_map(|group| &group.read.policies);
    let known = policies.map(|policy| policy.arn.as_str()).chain(own);
    let place = known.into_iter().find_map(|arn| {
        let mut parts = arn.splitn(6, ':');
        match [(); 5].map(|()| parts.next().unwrap_or_default()) {
            ["arn", partition, _, region, account] if !account.is_empty() => {
                Some(format!("arn:{partition}:sns:{region}:{account}:{name}"))
            }
            _ => None,
        }
    });
    place.unwrap_or_else(|| format!("arn:aws:sns:REGION:ACCOUNT:{name}"))
}

#[cfg(test)]
mod tests {
    use spotmanager_domain::WorkerPairs;

    use super::*;
    use crate::{
        Severity, SpotManagerStack,
        testing::{NONE, deployment, found, snapshot},
    };

    fn topic(name: &str) -> String {
        format!("arn:aws:sns:eu-west-1:111122223333:{name}")
    }

    #[test]
    fn no_topic_and_no_alarm_are_told_apart() {
        let mut snapshot = snapshot();
        snapshot.alarms[0].alarm_actions = vec![topic("operations")];
        assert_eq!(found(check, &snapshot), [Rule::JobsAlarmMissing]);
        let problem = &check(&snapshot)[0].problem;
        assert!(
            problem.contains("jobs-to-do acts on operations"),
            "{problem}"
        );
        assert!(problem.contains("such as farm-jobs-to-do"), "{problem}");
        snapshot.alarms.clear();
        let problem = &check(&snapshot)[0].problem;
        assert!(problem.contains("no alarm of the stack"), "{problem}");
    }

    #[test]
    fn before_a_deployment_the_arn_that_will_be_is_a_note() {
        let mut snapshot = snapshot();
        snapshot.alarms[0].alarm_actions.clear();
        for spotmanager in [
            SpotManagerStack::NotAsked,
            SpotManagerStack::Missing("sm".into()),
        ] {
            snapshot.spotmanager = spotmanager;
            let [finding] = &check(&snapshot)[..] else {
                panic!("not one finding");
            };
            assert_eq!(finding.severity, Severity::Note);
            let arn = "arn:aws:sns:eu-west-1:111122223333:farm-jobs-to-do";
            assert!(finding.problem.contains(arn), "{finding:?}");
            let snippet = format!("`AlarmActions: [\"{arn}\"]`");
            assert!(finding.fix.contains(&snippet), "{finding:?}");
        }
    }

    #[test]
    fn a_topic_of_another_stack_is_an_error_unless_an_entry_says_so() {
        let mut snapshot = snapshot();
        let mut second = snapshot.alarms[0].clone();
        second.name = "second".into();
        second.alarm_actions = vec![topic("mill-jobs-to-do")];
        snapshot.own_alarms.insert(second.name.clone());
        snapshot.alarms.push(second);
        assert_eq!(found(check, &snapshot), [Rule::AlarmTellsAnotherStack]);
        let pairs = r#"[{"stack_name": "mill", "alarm_name": "second"}]"#;
        let mut deployment = deployment();
        deployment.pairs = WorkerPairs::read(pairs).unwrap();
        snapshot.spotmanager = SpotManagerStack::Found(deployment);
        assert_eq!(found(check, &snapshot), NONE);
    }

    #[test]
    fn a_stranger_s_alarm_may_tell_what_it_likes() {
        let mut snapshot = snapshot();
        let mut second = snapshot.alarms[0].clone();
        second.name = "stranger".into();
        second.alarm_actions = vec![topic("mill-jobs-to-do")];
        snapshot.alarms.push(second);
        assert_eq!(found(check, &snapshot), NONE);
    }

    #[test]
    fn another_topic_of_the_same_name_is_not_heard() {
        let mut snapshot = snapshot();
        let elsewhere = "arn:aws:sns:eu-west-1:444455556666:farm-jobs-to-do";
        snapshot.alarms[0].alarm_actions = vec![elsewhere.into()];
        assert_eq!(found(check, &snapshot), [Rule::TopicNotHeard]);
        snapshot.spotmanager = SpotManagerStack::NotAsked;
        assert_eq!(found(check, &snapshot), NONE);
    }

    #[test]
    fn a_topic_that_does_not_exist_any_more_is_named() {
        let mut snapshot = snapshot();
        let old = topic("farm-jobs");
        snapshot.alarms[0].alarm_actions = vec![old.clone()];
        let chain = snapshot.chain.as_mut().unwrap();
        chain.other_topics.insert(old.clone(), Read::Missing);
        assert_eq!(
            found(check, &snapshot),
            [Rule::TopicGone, Rule::JobsAlarmMissing]
        );
        let findings = check(&snapshot);
        assert!(findings[0].fix.contains("farm-jobs-to-do"), "{findings:?}");
        let problem = &findings[1].problem;
        assert!(
            problem.contains("farm-jobs, which does not exist"),
            "{problem}"
        );
        let chain = snapshot.chain.as_mut().unwrap();
        chain.other_topics.insert(old, Read::Found(()));
        assert_eq!(found(check, &snapshot), [Rule::JobsAlarmMissing]);
    }

    #[test]
    fn an_alarm_that_does_nothing_is_an_error() {
        let mut snapshot = snapshot();
        snapshot.alarms[0].actions_enabled = false;
        assert_eq!(found(check, &snapshot), [Rule::ActionsDisabled]);
    }
}
