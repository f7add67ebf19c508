//! A link of the chain, and what came of looking at it.

use std::fmt;

use serde::Serialize;
use strum::VariantArray;

use super::NotRead;
use crate::Finding;

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
    /// It does not: jobs wait for nothing.
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
            },
            findings: Vec::new(),
        }
    }

    pub(super) fn broken(link: LinkName, subject: &str, detail: impl Into<String>) -> Self {
        let mut broken = Self::ok(link, subject, detail);
        broken.link.state = LinkState::Broken;
        broken
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
