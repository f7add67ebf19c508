//! What was read of one resource, or why it was not.

/// The answer of AWS to a question.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Read<T> {
    /// It is so.
    Found(T),
    /// What is asked about does not exist.
    Missing,
    /// The question could not be asked.
    NotRead(NotRead),
}

impl<T> Read<T> {
    /// Why it was not read, if it was not.
    pub(crate) fn not_read(&self) -> Option<&NotRead> {
        match self {
            Self::NotRead(why) => Some(why),
            Self::Found(_) | Self::Missing => None,
        }
    }
}

/// Why something was not read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NotRead {
    /// The IAM action that the caller lacks, if AWS refused the call.
    pub missing_action: Option<String>,
    /// What happened, in a few words.
    pub why: String,
}

impl NotRead {
    /// For another reason than a right that the caller lacks.
    #[must_use]
    pub fn because(why: impl Into<String>) -> Self {
        Self {
            missing_action: None,
            why: why.into(),
        }
    }
}

/// Whether an endpoint is a function, or an alias or a version of it.
#[must_use]
pub fn is_of(endpoint: &str, function_arn: &str) -> bool {
    let rest = endpoint.strip_prefix(function_arn);
    rest.is_some_and(|rest| rest.is_empty() || rest.starts_with(':'))
}

/// An SNS topic.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Topic {
    /// Its access policy, a JSON document.
    pub policy: String,
    /// The key that encrypts it, as it was set; absent for none.
    pub kms_key: Option<String>,
}

/// A subscription with the protocol `lambda`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Subscription {
    /// Its ARN; absent until it is confirmed.
    pub arn: Option<String>,
    /// The ARN of a function, a version or an alias.
    pub endpoint: String,
    /// Its settings; read only for the subscription of *start*.
    pub settings: Read<SubscriptionSettings>,
}

/// A subscription's settings.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SubscriptionSettings {
    /// Whether nobody has confirmed it.
    pub is_pending: bool,
    /// Its filter policy, a JSON document.
    pub filter_policy: Option<String>,
    /// Whether the filter policy looks at the message's body, not at its attributes.
    pub filters_body: bool,
    /// Whether messages that cannot be delivered are kept.
    pub has_dead_letters: bool,
}

/// A Lambda function.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Function {
    /// `Active`, `Pending`, `Inactive` or `Failed`, with AWS's reason.
    pub state: Status,
    /// `Successful`, `InProgress` or `Failed`, with AWS's reason.
    pub last_update: Status,
    /// How many instances may run at once; `None` without a limit of its own.
    pub reserved_concurrency: Read<Option<i32>>,
    /// Its variable `STATE_MACHINE_ARN`; missing if it has none of the name.
    pub state_machine_arn: Read<String>,
}

/// A status and why it is so.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Status {
    /// AWS's word for it.
    pub status: String,
    /// AWS's reason, if it gives one.
    pub reason: Option<String>,
}
