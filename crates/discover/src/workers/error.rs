//! Why the stack could not be read.

use spotmanager_aws::AwsError;
use spotmanager_domain::{ErrorName, NamedError, SettingError};

/// Why the groups could not be told. Every refusal names the field, what it was and what it
/// should be.
#[derive(Debug, thiserror::Error)]
pub enum WorkersError {
    /// A call failed.
    #[error(transparent)]
    Aws(#[from] AwsError),
    /// A setting cannot be used.
    #[error(transparent)]
    Setting(#[from] SettingError),
    /// The event names no execution.
    #[error("the event's field execution was absent, and context too; one should be there")]
    NoExecution,
    /// There is no such stack.
    #[error("stack_name is {found:?}; it should be a CloudFormation stack that exists")]
    StackNotFound {
        /// The stack's name.
        found: String,
    },
    /// The stack has no such resource.
    #[error(
        "{field} is {found:?}; it should be the logical id of an {expected} in {stack}, which has {candidates}"
    )]
    ResourceNotFound {
        /// The setting.
        field: Box<str>,
        /// The logical id.
        found: String,
        /// The type that it should have.
        expected: &'static str,
        /// The stack, and the nested one where the path ended.
        stack: String,
        /// What could have been meant.
        candidates: String,
    },
    /// Several resources have the logical id.
    #[error("{field} is {found:?}, which names {paths}; it should be one of these paths")]
    AmbiguousResource {
        /// The setting.
        field: Box<str>,
        /// The logical id.
        found: String,
        /// The paths that it could mean.
        paths: String,
    },
    /// The logical id names something else.
    #[error("{field} is {found:?}, of type {resource_type}; it should be of type {expected}")]
    WrongResourceType {
        /// The setting.
        field: Box<str>,
        /// The logical id.
        found: String,
        /// What it is.
        resource_type: String,
        /// What it should be.
        expected: &'static str,
    },
    /// CloudFormation names a group that Auto Scaling does not know.
    #[error(
        "{field} is {logical_id:?}, of which CloudFormation says AutoScalingGroupName {name:?}; it should be a group that exists"
    )]
    GroupNotFound {
        /// The setting.
        field: Box<str>,
        /// The logical id.
        logical_id: String,
        /// The physical name.
        name: String,
    },
    /// The group has no policy of the name.
    #[error(
        "{field} is {contains:?}; it should be a part of the name of one policy on {group}, which has {policies}"
    )]
    PolicyNotFound {
        /// The setting.
        field: Box<str>,
        /// The part of the name.
        contains: String,
        /// The group's name.
        group: String,
        /// The policies that it has.
        policies: String,
    },
    /// The policy is attached to the other group.
    #[error(
        "{field} is {contains:?}, and {policies} are attached to {other_group}; one of them should be attached to {group}, which has none"
    )]
    PolicyOnOtherGroup {
        /// The setting.
        field: Box<str>,
        /// The part of the name.
        contains: String,
        /// The policies.
        policies: String,
        /// The group that they are attached to.
        other_group: String,
        /// The group that has none.
        group: String,
    },
    /// Several policies of the group have the name.
    #[error("{field} is {contains:?}, which names {policies} on {group}; it should name one")]
    AmbiguousPolicy {
        /// The setting.
        field: Box<str>,
        /// The part of the name.
        contains: String,
        /// The policies.
        policies: String,
        /// The group's name.
        group: String,
    },
    /// The policy cannot be executed, adds no capacity, or takes other than the one instance that
    /// spot replaces.
    #[error(
        "{policy} on {group}, which {setting} names, has {field} {found}; it should be {expected}"
    )]
    UnusablePolicy {
        /// The setting.
        setting: Box<str>,
        /// The policy's name.
        policy: String,
        /// The group's name.
        group: String,
        /// The policy's field.
        field: &'static str,
        /// What it was.
        found: String,
        /// What it should be.
        expected: &'static str,
    },
}

impl WorkersError {
    /// The same refusal with each setting under the name that `name_of` gives it, as an option or a
    /// template's parameter.
    #[must_use]
    pub fn renamed(mut self, name_of: impl Fn(&str) -> String) -> Self {
        match &mut self {
            Self::ResourceNotFound { field, .. }
            | Self::AmbiguousResource { field, .. }
            | Self::WrongResourceType { field, .. }
            | Self::GroupNotFound { field, .. }
            | Self::PolicyNotFound { field, .. }
            | Self::PolicyOnOtherGroup { field, .. }
            | Self::AmbiguousPolicy { field, .. }
            | Self::UnusablePolicy { setting: field, .. } => *field = name_of(field).into(),
            Self::Aws(_) | Self::Setting(_) | Self::NoExecution | Self::StackNotFound { .. } => {}
        }
        self
    }
}

impl NamedError for WorkersError {
    fn name(&self) -> ErrorName {
        match self {
            Self::Aws(error) => error.name(),
            Self::Setting(_) | Self::NoExecution => ErrorName::InvalidInput,
            Self::StackNotFound { .. } => ErrorName::StackNotFound,
            Self::ResourceNotFound { .. } => ErrorName::ResourceNotFound,
            Self::AmbiguousResource { .. } => ErrorName::AmbiguousResource,
            Self::WrongResourceType { .. } => ErrorName::WrongResourceType,
            Self::GroupNotFound { .. } => ErrorName::GroupNotFound,
            Self::PolicyNotFound { .. } => ErrorName::PolicyNotFound,
            Self::PolicyOnOtherGroup { .. } => ErrorName::PolicyOnOtherGroup,
            Self::AmbiguousPolicy { .. } => ErrorName::AmbiguousPolicy,
            Self::UnusablePolicy { .. } => ErrorName::UnusablePolicy,
        }
    }
}
