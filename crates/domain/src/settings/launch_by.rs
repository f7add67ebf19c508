//! The ways to scale a group up.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

/// How a group is asked for capacity.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum LaunchBy {
    /// By DesiredCapacity if a queue says how much is needed, otherwise by its scaling policy.
    Automatic,
    /// The group's scale-up policy is executed once.
    ScalingPolicy,
    /// The group's DesiredCapacity is raised to what is needed, in one call.
    DesiredCapacity,
    /// Instances are launched zone by zone, and are known at once; otherwise by DesiredCapacity.
    LaunchInstances,
}

impl LaunchBy {
    /// Every way, as it is written.
    pub const WORDS: &[&str] = &[
        "automatic",
        "scaling-policy",
        "desired-capacity",
        "launch-instances",
    ];

    const ALL: [Self; 4] = [
        Self::Automatic,
        Self::ScalingPolicy,
        Self::DesiredCapacity,
        Self::LaunchInstances,
    ];
}

impl fmt::Display for LaunchBy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.serialize(f)
    }
}

/// A word that names no way.
#[derive(Debug, thiserror::Error)]
#[error("no way to scale up")]
pub struct NoLaunchBy;

impl FromStr for LaunchBy {
    type Err = NoLaunchBy;

    fn from_str(text: &str) -> Result<Self, NoLaunchBy> {
        let mut ways = Self::ALL.into_iter();
        ways.find(|way| way.to_string() == text).ok_or(NoLaunchBy)
    }
}

#[cfg(test)]
mod tests {
    use super::LaunchBy;

    #[test]
    fn a_way_is_read_as_it_is_written() {
        for (way, word) in LaunchBy::ALL.into_iter().zip(LaunchBy::WORDS) {
            assert_eq!(way.to_string(), *word);
            assert_eq!(word.parse::<LaunchBy>().unwrap(), way);
            assert_eq!(serde_json::to_value(way).unwrap(), *word);
        }
        assert!("launch".parse::<LaunchBy>().is_err());
    }
}
