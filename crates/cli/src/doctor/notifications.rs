//! What reports failures and decisions, as it is: the topics, the alarms and the rule.

use spotmanager_aws::{SdkConfig, topics};
use spotmanager_doctor::{FailureAlarm, FailureKind, Named, NotRead, Notifications, Read};

use super::{
    deployed::Deployed,
    event_rule::event_rule,
    resources::{Resources, of_type},
    unread::found,
};

const ALARM: &str = "AWS::CloudWatch::Alarm";
/// The template's alarms on failures, by their logical ids.
const ALARMS: [(&str, FailureKind); 3] = [
    ("deadLetterAlarm", FailureKind::DeadLetter),
    ("failedExecutionsAlarm", FailureKind::FailedExecution),
    ("timedOutExecutionsAlarm", FailureKind::TimedOutExecution),
];

pub(super) async fn read(
    config: &SdkConfig,
    deployed: &Deployed,
    resources: &Resources,
    operations_topic: &str,
) -> Notifications {
    let name = "NotificationsTopicArn";
    let topic = deployed.outputs.get(name).cloned().unwrap_or_default();
    let client = topics::Client::new(config);
    let (operations_topic, read, rule) = tokio::join!(
        exists(&client, operations_topic, "OperationsTopicArn"),
        exists(&client, &topic, name),
        event_rule(config, resources, "notificationsRule"),
    );
    Notifications {
        operations_topic,
        notifications_topic: Named { name: topic, read },
        alarms: alarms(resources),
        rule,
    }
}

async fn exists(client: &topics::Client, arn: &str, output: &str) -> Read<()> {
    if arn.is_empty() {
        let why = format!("SpotManager's stack has no output {output}");
        return Read::NotRead(NotRead::because(why));
    }
    let read = topics::describe_topic(client, arn).await;
    found(read.map(|topic| topic.map(|_| ())))
}

/// CloudFormation lists an alarm that somebody deleted too; one that it does not list has no other
/// name than its logical id.
fn alarms(resources: &Resources) -> Read<Vec<FailureAlarm>> {
    let listed = match of_type(resources, ALARM) {
        Ok(listed) => listed,
        Err(why) => return Read::NotRead(why),
    };
    let alarm = |(logical_id, on): (&str, FailureKind)| {
        let mut listed = listed.iter();
        let found = listed.find(|resource| resource.logical_id == logical_id);
        let name = found.map_or(logical_id, |resource| resource.physical_id.as_str());
        FailureAlarm {
            name: name.to_owned(),
            on,
        }
    };
    Read::Found(ALARMS.map(alarm).into())
}
