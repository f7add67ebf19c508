//! The ways through the machine that, together, make every call.

use std::fmt;

/// A way through the machine.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Scenario {
    /// An alarm's message, with spot to be had below the limit: DesiredCapacity is raised.
    Alarm,
    /// The same by the group's scale-up policy.
    AlarmByPolicy,
    /// The same by LaunchInstances.
    AlarmByLaunches,
    /// By policy without spot capacity: spot is stood down, and on-demand comes.
    NoSpotCapacity,
    /// EC2 warns that it takes an instance, which is detached and replaced.
    Interruption,
    /// Spot takes over from an on-demand instance.
    ReturnToSpot,
    /// An execution next to another one, which leads.
    AnotherLeads,
    /// EC2 recommends to replace an instance, and no other one comes in time: it goes on running.
    Recommendation,
    /// Spot without capacity, next to an execution that began before.
    NextToAnother,
}

impl fmt::Display for Scenario {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Alarm => "alarm",
            Self::AlarmByPolicy => "alarm by policy",
            Self::AlarmByLaunches => "alarm by launches",
            Self::NoSpotCapacity => "no spot capacity",
            Self::Interruption => "interruption",
            Self::ReturnToSpot => "return to spot",
            Self::AnotherLeads => "another leads",
            Self::Recommendation => "recommendation",
            Self::NextToAnother => "next to another",
        })
    }
}
