//! The names under which the state machine's Retry and Catch know an error.
//!
//! A row is all that is to be written of a name. `cargo xtask reference` makes of it the table in
//! `docs/reference/outcomes.md`, and holds the entries of `docs/runbook.md` against it. What is
//! retried and how often the state machine says.

use std::fmt;

macro_rules! error_names {
    ($($(#[doc = $meaning:literal])+ $variant:ident from $raised_by:literal;)+) => {
        /// An error's name in the state machine, always `SpotManager.` and the variant.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum ErrorName {
            $($(#[doc = $meaning])+ $variant,)+
        }

        impl ErrorName {
            /// Every name that there is.
            pub const ALL: &[Self] = &[$(Self::$variant,)+];

            /// The name as the state machine writes it.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self {
                    $(Self::$variant => concat!("SpotManager.", stringify!($variant)),)+
                }
            }

            /// What it means, in a sentence.
            #[must_use]
            pub const fn meaning(self) -> &'static str {
                match self {
                    $(Self::$variant => concat!($($meaning),+).trim_ascii(),)+
                }
            }

            /// What ends with it.
            #[must_use]
            pub const fn raised_by(self) -> &'static str {
                match self {
                    $(Self::$variant => $raised_by,)+
                }
            }
        }
    };
}

error_names! {
    /// AWS asks to call less often.
    Throttled from "every function";
    /// AWS answered with a server error, or not at all.
    Transient from "every function";
    /// A call that scales up or down was sent, and nobody knows whether it took effect.
    OutcomeUnknown from "*scale* in `ScaleUp` and `ScaleDownOnDemand`";
    /// The group is in a cooldown, or another scaling activity holds it.
    ScalingInProgress from "*scale*";
    /// The function's role, or a policy of the organization above it, does not allow a call.
    AccessDenied from "every function";
    /// The execution's input, a setting or a function's event is malformed, or out of range.
    InvalidInput from "every function";
    /// There is no CloudFormation stack of the name in this account and region, or a nested one does
    /// not exist.
    StackNotFound from "*discover*";
    /// The stack has no resource with the logical id.
    ResourceNotFound from "*discover*";
    /// The logical id names several resources in the stack and its nested stacks.
    AmbiguousResource from "*discover*";
    /// The logical id names something other than an Auto Scaling group or an SQS queue, or a path leads
    /// through something other than a stack.
    WrongResourceType from "*discover*";
    /// CloudFormation names a group that Auto Scaling does not know.
    GroupNotFound from "*discover*; later functions if the group is deleted meanwhile";
    /// No policy on the group has the name.
    PolicyNotFound from "*discover*";
    /// The policies with the name are all attached to the other group.
    PolicyOnOtherGroup from "*discover*";
    /// Several policies on the group have the name.
    AmbiguousPolicy from "*discover*";
    /// The policy cannot be executed, or adds no capacity.
    UnusablePolicy from "*discover*";
    /// No capacity arrived in either group: a launch failed in every zone, the time was over, or the
    /// group was full.
    NoCapacity from "*verify*";
    /// AWS refused a call or answered it in a way that has no name here.
    Unexpected from "every function";
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
    fn a_name_is_prefixed_and_prints_so() {
        assert_eq!(ErrorName::Throttled.to_string(), "SpotManager.Throttled");
    }
}
