//! A link of the chain, and what came of looking at it.

use std::fmt;

use serde::Serialize;
use strum::{EnumMessage, VariantArray};

use super::NotRead;
use crate::{Finding, Severity};

/// A link, in the order in which a job's news passes them, with what it holds by.
///
/// `cargo xtask reference` makes of it the `enum` in `schemas/doctor.json` and the table in
/// `docs/reference/doctor.md`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, EnumMessage, VariantArray)]
#[serde(rename_all = "snake_case")]
pub enum LinkName {
    /// An alarm for the jobs of this stack acts on the topic, and its actions are enabled.
    Alarm,
    /// The topic exists, and no key of KMS keeps alarms from publishing.
    Topic,
    /// The topic's policy lets `cloudwatch.amazonaws.com` publish for that alarm, and nothing
    /// denies it.
    TopicPolicy,
    /// The function *start*, an alias or a version of it is subscribed and confirmed, and no filter
    /// policy drops alarms.
    Subscription,
    /// The function's policy lets `sns.amazonaws.com` invoke it with what SNS sends: the topic's
    /// ARN, and no account.
    Permission,
    /// *start* is active, may run (reserved concurrency is not 0), and its `STATE_MACHINE_ARN` is
    /// the stack's state machine.
    Function,
    /// That state machine is `ACTIVE`.
    StateMachine,
    /// The machine's four functions are active and may run, and their roles and the machine's allow
    /// every action that they call; `warning` if only something minor is missing, such as
    /// `pricing:GetProducts`.
    Functions,
    /// The schedule of the return to spot is `ENABLED` and invokes *start* under a role that may;
    /// not wanted with `ReturnToSpot` `off`.
    Schedule,
    /// The rule for lost capacity is enabled, takes every event of lost capacity and invokes
    /// *start*, whose policy lets it in; not wanted with `ReplaceLostCapacity` `false`.
    Rule,
    /// The dead-letter queue is empty; `warning` if it holds messages.
    DeadLetters,
    /// The address of `OperationsEmail` is subscribed and confirmed; `warning` if not.
    Email,
    /// The operations topic and the notifications topic exist, the three alarms on failures act on
    /// the operations topic, and the rule of the notifications publishes under a role that may;
    /// `warning` if not.
    Notifications,
    /// No execution failed, timed out or was aborted in the last 24 hours; `warning` if one did.
    Executions,
}

impl fmt::Display for LinkName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.serialize(f)
    }
}

/// What came of looking at a link.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, VariantArray)]
#[serde(rename_all = "snake_case")]
pub enum LinkState {
    /// It holds.
    Ok,
    /// It works, and somebody should look at it.
    Warning,
    /// It does not hold.
    Broken,
    /// Nobody can say.
    NotChecked,
}

/// A link as it was found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Link {
    /// Which one.
    pub link: LinkName,
    /// What came of looking at it.
    pub state: LinkState,
    /// What it is about: the name or ARN of an alarm, topic, function or state machine.
    pub subject: String,
    /// What was found, in a few words.
    pub detail: String,
    /// The IAM action without which it could not be checked.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub missing_action: Option<String>,
    /// The pair of groups that it is about; absent if it is about the deployment, or about all pairs.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pair: Option<String>,
}

/// A link with what is to be done about it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Examined {
    pub(super) link: Link,
    pub(super) findings: Vec<Finding>,
}

impl Examined {
    pub(super) fn ok(link: LinkName, subject: &str, detail: impl Into<String>) -> Self {
        Self {
            link: Link {
                link,
                state: LinkState::Ok,
                subject: subject.to_owned(),
                detail: detail.into(),
                missing_action: None,
                pair: None,
            },
            findings: Vec::new(),
        }
    }

    pub(super) fn broken(link: LinkName, subject: &str, detail: impl Into<String>) -> Self {
        let mut broken = Self::ok(link, subject, detail);
        broken.link.state = LinkState::Broken;
        broken
    }

    pub(super) fn warning(link: LinkName, subject: &str, detail: impl Into<String>) -> Self {
        let mut warning = Self::ok(link, subject, detail);
        warning.link.state = LinkState::Warning;
        warning
    }

    /// Broken, or only warned of if nothing worse was found.
    pub(super) fn of_problems(
        link: LinkName,
        subject: &str,
        detail: &str,
        problems: &[(String, Finding)],
    ) -> Self {
        let is_error = |(_, finding): &(String, Finding)| finding.severity == Severity::Error;
        if problems.iter().any(is_error) {
            Self::broken(link, subject, detail)
        } else {
            Self::warning(link, subject, detail)
        }
    }

    pub(super) fn not_checked(link: LinkName, subject: &str, why: &NotRead) -> Self {
        let mut not_checked = Self::ok(link, subject, &why.why);
        not_checked.link.state = LinkState::NotChecked;
        not_checked
            .link
            .missing_action
            .clone_from(&why.missing_action);
        not_checked
    }

    pub(super) fn with(mut self, finding: Finding) -> Self {
        self.findings.push(finding);
        self
    }
}

/// For the links' tests: the state, and the rules of the findings in their order.
#[cfg(test)]
#[track_caller]
pub(super) fn expect(examined: &Examined, state: LinkState, rules: &[crate::Rule]) {
    let found: Vec<_> = examined.findings.iter().map(|found| found.rule).collect();
    assert_eq!(found, rules, "{examined:?}");
    assert_eq!(examined.link.state, state, "{examined:?}");
}
