//! A link of the chain, and what came of looking at it.

use std::fmt;

use serde::Serialize;
use strum::VariantArray;

use super::NotRead;
use crate::{Finding, Severity};

/// A link, in the order in which a job's news passes them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, VariantArray)]
#[serde(rename_all = "snake_case")]
pub enum LinkName {
    /// The alarm for jobs acts on the topic.
    Alarm,
    /// The topic exists, and an alarm can publish to it.
    Topic,
    /// The topic's policy lets the alarm publish.
    TopicPolicy,
    /// The topic passes its messages on to *start*.
    Subscription,
    /// The function's policy lets the topic invoke it.
    Permission,
    /// The function *start* runs.
    Function,
    /// The state machine exists.
    StateMachine,
    /// The machine's functions run, and their roles and the machine's let them work.
    Functions,
    /// The schedule of the return to spot invokes *start*.
    Schedule,
    /// The rule for lost capacity invokes *start*.
    Rule,
    /// The dead-letter queues are empty.
    DeadLetters,
    /// The address for operations is confirmed.
    Email,
    /// Failures and decisions are reported.
    Notifications,
    /// No execution failed in the last day.
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
