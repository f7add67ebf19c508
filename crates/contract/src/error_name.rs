//! The names under which the state machine's Retry and Catch know an error.

use std::fmt;

macro_rules! error_names {
    ($($(#[$doc:meta])* $variant:ident,)*) => {
        /// An error's name in the state machine, always `SpotManager.` and the variant.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum ErrorName {
            $($(#[$doc])* $variant,)*
        }

        impl ErrorName {
            /// Every name that there is.
            pub const ALL: &[Self] = &[$(Self::$variant,)*];

            /// The name as the state machine writes it.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self {
                    $(Self::$variant => concat!("SpotManager.", stringify!($variant)),)*
                }
            }
        }
    };
}

error_names! {
    /// AWS asks to call less often. Retried.
    Throttled,
    /// AWS answered with a server error, or not at all. Retried.
    Transient,
    /// The group is in a cooldown or another scaling activity holds it. Retried.
    ScalingInProgress,
    /// The function's role lacks a permission.
    AccessDenied,
    /// The event or a setting is malformed.
    InvalidInput,
    /// No such CloudFormation stack.
    StackNotFound,
    /// The stack has no resource with the logical id.
    ResourceNotFound,
    /// The logical id names several resources in the stack and its nested stacks.
    AmbiguousResource,
    /// The logical id names something else than an Auto Scaling group.
    WrongResourceType,
    /// CloudFormation names a group that Auto Scaling does not know.
    GroupNotFound,
    /// No policy on the group has the name.
    PolicyNotFound,
    /// The policy with the name hangs on the other group.
    PolicyOnOtherGroup,
    /// Several policies on the group have the name.
    AmbiguousPolicy,
    /// The policy cannot be executed, or would not add capacity.
    UnusablePolicy,
    /// No capacity arrived in either group. Raised by the state machine itself.
    NoCapacity,
    /// AWS refused or answered in a way that has no name here.
    Unexpected,
}

/// An error that the state machine knows by name.
pub trait NamedError: std::error::Error {
    /// The name for Retry and Catch.
    fn name(&self) -> ErrorName;
}

impl fmt::Display for ErrorName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::ErrorName;

    #[test]
    fn names_are_prefixed_and_all_are_listed() {
        assert_eq!(ErrorName::Throttled.as_str(), "SpotManager.Throttled");
        assert_eq!(ErrorName::ALL.len(), 16);
    }
}
