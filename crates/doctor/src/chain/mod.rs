//! The chain from the alarm for jobs to the state machine, link by link.
//!
//! A job starts an execution only if every link holds. Each is a file of its own, and is looked at
//! whatever the others are like; one that could not be read is listed as not checked.

mod alarm;
pub(crate) mod command;
mod dead_letters;
mod email;
mod executions;
mod facts;
mod function;
mod functions;
mod link;
mod lost_capacity;
mod needs;
mod notifications;
mod operation;
mod permission;
mod read;
mod rights;
mod rule;
mod schedule;
mod state_machine;
mod subscription;
mod topic;
mod topic_policy;

pub use facts::Chain;
pub use link::{Link, LinkName, LinkState};
pub use needs::{NEEDS, Need, On};
pub use operation::{
    Condition, Email, FailedExecution, FailureAlarm, FailureKind, Holder, Named, Notifications,
    Operation, Right,
};
pub use read::{Function, NotRead, Read, Status, Subscription, SubscriptionSettings, Topic, is_of};

use crate::{
    Finding, Snapshot,
    rules::topics::{jobs_alarms, told_for},
};
use link::Examined;

type Examine = fn(&Snapshot, &Chain) -> Examined;

const LINKS: &[Examine] = &[
    alarm::examine,
    topic::examine,
    topic_policy::examine,
    subscription::examine,
    permission::examine,
    function::examine,
    state_machine::examine,
    functions::examine,
    schedule::examine,
    rule::examine,
    dead_letters::examine,
    email::examine,
    notifications::examine,
    executions::examine,
];

/// The links in their order; none if the chain was not read.
#[must_use]
pub fn links(snapshot: &Snapshot) -> Vec<Link> {
    examined(snapshot).map(|examined| examined.link).collect()
}

/// The topic at which the chain begins: the one that the alarm for jobs tells, `own` if it is among
/// several or if there is none.
#[must_use]
pub fn jobs_topic(snapshot: &Snapshot, own: &str) -> String {
    let mut told = jobs_alarms(snapshot).flat_map(|alarm| told_for(snapshot, alarm));
    let first = told.next();
    if first.is_none_or(|first| first == own) || told.any(|topic| topic == own) {
        return own.to_owned();
    }
    first.unwrap_or(own).to_owned()
}

pub(crate) fn check(snapshot: &Snapshot) -> Vec<Finding> {
    examined(snapshot)
        .flat_map(|examined| examined.findings)
        .collect()
}

fn examined(snapshot: &Snapshot) -> impl Iterator<Item = Examined> {
    let chain = snapshot.chain.iter();
    chain.flat_map(move |chain| LINKS.iter().map(move |examine| examine(snapshot, chain)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{TOPIC, snapshot};
    use strum::VariantArray;

    #[test]
    fn a_chain_that_holds_has_every_link_in_its_order() {
        let links = links(&snapshot());
        let names: Vec<_> = links.iter().map(|link| link.link).collect();
        assert_eq!(names, LinkName::VARIANTS);
        for link in links {
            assert_eq!(link.state, LinkState::Ok, "{link:?}");
            assert!(
                !link.detail.is_empty() && !link.subject.is_empty(),
                "{link:?}"
            );
        }
    }

    #[test]
    fn nothing_is_said_of_a_chain_that_was_not_read() {
        let mut snapshot = snapshot();
        snapshot.chain = None;
        assert!(links(&snapshot).is_empty());
        assert!(check(&snapshot).is_empty());
    }

    #[test]
    fn a_chain_of_refusals_ends_nothing_and_counts_as_nothing() {
        let mut snapshot = snapshot();
        let chain = snapshot.chain.as_mut().unwrap();
        let refused = |action: &str| NotRead {
            missing_action: Some(action.to_owned()),
            why: format!("{action} is refused"),
        };
        chain.topic = Read::NotRead(refused("sns:GetTopicAttributes"));
        chain.subscriptions = Read::NotRead(refused("sns:ListSubscriptionsByTopic"));
        chain.function = Read::NotRead(refused("lambda:GetFunctionConfiguration"));
        chain.function_policy = Read::NotRead(refused("lambda:GetPolicy"));
        chain.state_machine_status = Read::NotRead(refused("states:DescribeStateMachine"));
        let operation = &mut chain.operation;
        operation.functions = Read::NotRead(refused("cloudformation:ListStackResources"));
        operation.dead_letters = Read::NotRead(refused("sqs:GetQueueAttributes"));
        operation.failed = Read::NotRead(refused("states:ListExecutions"));
        operation.schedule.as_mut().unwrap().read = Read::NotRead(refused("scheduler:GetSchedule"));
        operation.rule.as_mut().unwrap().read = Read::NotRead(refused("events:DescribeRule"));
        operation.operations_email = "ops@example.com".into();
        operation.emails = Read::NotRead(refused("sns:ListSubscriptionsByTopic"));
        operation.notifications.operations_topic = Read::NotRead(refused("sns:GetTopicAttributes"));
        assert!(check(&snapshot).is_empty());
        let links = links(&snapshot);
        let missing: Vec<_> = links
            .iter()
            .map(|link| link.missing_action.as_deref().unwrap_or_default())
            .collect();
        let expected = [
            "",
            "sns:GetTopicAttributes",
            "sns:GetTopicAttributes",
            "sns:ListSubscriptionsByTopic",
            "lambda:GetPolicy",
            "lambda:GetFunctionConfiguration",
            "states:DescribeStateMachine",
            "cloudformation:ListStackResources",
            "scheduler:GetSchedule",
            "events:DescribeRule",
            "sqs:GetQueueAttributes",
            "sns:ListSubscriptionsByTopic",
            "sns:GetTopicAttributes",
            "states:ListExecutions",
        ];
        assert_eq!(missing, expected);
        for link in &links[1..] {
            assert_eq!(link.state, LinkState::NotChecked, "{link:?}");
        }
    }

    #[test]
    fn the_chain_begins_at_the_topic_that_the_alarm_tells() {
        let elsewhere = "arn:aws:sns:eu-west-1:444455556666:farm-jobs-to-do";
        let mut snapshot = snapshot();
        assert_eq!(jobs_topic(&snapshot, TOPIC), TOPIC);
        snapshot.alarms[0].alarm_actions = vec![elsewhere.into()];
        assert_eq!(jobs_topic(&snapshot, TOPIC), elsewhere);
        snapshot.alarms[0].alarm_actions.push(TOPIC.into());
        assert_eq!(jobs_topic(&snapshot, TOPIC), TOPIC);
        snapshot.alarms.clear();
        assert_eq!(jobs_topic(&snapshot, TOPIC), TOPIC);
    }
}
