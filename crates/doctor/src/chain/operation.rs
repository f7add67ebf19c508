//! What SpotManager rests on besides the way from the alarm to the state machine, as it was read.

use std::collections::BTreeMap;

use spotmanager_domain::resources::{EventRule, Schedule};

use super::read::{Function, Read};

/// The parts of a deployment that no alarm passes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Operation {
    /// The functions that the state machine invokes, by their ARNs.
    pub functions: Read<BTreeMap<String, Read<Function>>>,
    /// What the roles may do.
    pub rights: Vec<Right>,
    /// The schedule of the return to spot; `None` if `ReturnToSpot` is `off`.
    pub schedule: Option<Named<Schedule>>,
    /// The rule for lost capacity; `None` if `ReplaceLostCapacity` is `false`.
    pub rule: Option<Named<EventRule>>,
    /// The policy of the function *start* itself, a JSON document.
    pub start_policy: Read<String>,
    /// How many messages each dead-letter queue holds, by the queues' names.
    pub dead_letters: Read<BTreeMap<String, Read<u64>>>,
    /// The address that is told of failures; empty for nobody.
    pub operations_email: String,
    /// The topic that tells it.
    pub operations_topic_arn: String,
    /// The subscriptions of that topic by e-mail.
    pub emails: Read<Vec<Email>>,
    /// What reports failures and decisions.
    pub notifications: Notifications,
    /// The executions of the last day that did not end well, the newest first.
    pub failed: Read<Vec<FailedExecution>>,
}

/// What reports failures and decisions to whoever subscribes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Notifications {
    /// Whether the operations topic exists.
    pub operations_topic: Read<()>,
    /// Whether the notifications topic exists, by its ARN.
    pub notifications_topic: Named<()>,
    /// The alarms on failures that the stack lists, by their names.
    pub alarms: Read<Vec<FailureAlarm>>,
    /// The rule that publishes to the notifications topic.
    pub rule: Named<EventRule>,
}

/// An alarm of SpotManager's own, which reports a failure to the operations topic.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FailureAlarm {
    /// Its name.
    pub name: String,
    /// What it looks at.
    pub on: FailureKind,
}

/// A failure that an alarm looks at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FailureKind {
    /// The dead-letter queue holds a message.
    DeadLetter,
    /// An execution failed.
    FailedExecution,
    /// An execution timed out.
    TimedOutExecution,
}

/// Something with the name under which it was looked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Named<T> {
    /// The name; a schedule's has its group before it.
    pub name: String,
    /// What was found.
    pub read: Read<T>,
}

/// What a role may do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Right {
    /// Whose role it is.
    pub holder: Holder,
    /// The role; empty if it is not known.
    pub role_arn: String,
    /// Such as `lambda:InvokeFunction`.
    pub action: &'static str,
    /// The ARNs on which it may not do it; missing if there is no such role.
    pub refused: Read<Vec<String>>,
    /// Under which condition the template allows it.
    pub condition: Option<Condition>,
}

/// A condition under which a role is allowed something.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Condition {
    /// The condition key.
    pub key: String,
    /// What it has to be like.
    pub values: Vec<String>,
}

/// Who acts under a role.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Holder {
    /// The state machine, which invokes the functions.
    StateMachine,
    /// The schedule, which invokes *start*.
    Schedule,
    /// The function *start*, which starts executions.
    Start,
    /// The function *discover*.
    Discover,
    /// The function *evaluate*.
    Evaluate,
    /// The function *scale*.
    Scale,
    /// The function *verify*.
    Verify,
    /// The rule that publishes to the notifications topic.
    NotificationsRule,
}

/// A subscription by e-mail.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Email {
    /// The address.
    pub address: String,
    /// Whether somebody confirmed it.
    pub is_confirmed: Read<bool>,
}

/// An execution that did not end well.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FailedExecution {
    /// Its ARN.
    pub arn: String,
    /// Its name.
    pub name: String,
    /// `FAILED`, `TIMED_OUT` or `ABORTED`.
    pub status: String,
    /// When it ended, UTC.
    pub stopped_at: String,
    /// Its error; empty if it has none, or is not the newest.
    pub error: String,
}

impl Operation {
    /// What a holder's role may do.
    pub(super) fn rights_of(&self, holder: Holder) -> impl Iterator<Item = &Right> {
        self.rights
            .iter()
            .filter(move |right| right.holder == holder)
    }
}
