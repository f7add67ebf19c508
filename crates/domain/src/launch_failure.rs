//! Where launches failed recently: capacity comes before price.
//!
//! A pool that EC2 could not serve minutes ago is most likely still empty, however cheap it is.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::activity::Activity;

/// A launch that failed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LaunchFailure {
    /// When, UTC.
    pub at: Timestamp,
    /// What Auto Scaling said of it.
    pub message: String,
}

/// The newest failure of each Availability Zone in which no launch has succeeded since.
///
/// A group with several instance types tries them all before a launch in a zone fails, so that a
/// failure speaks for every pool of its zone.
#[must_use]
pub fn unresolved(activities: &[Activity]) -> BTreeMap<String, LaunchFailure> {
    let mut newest: BTreeMap<&str, &Activity> = BTreeMap::new();
    for activity in activities.iter().filter(|activity| activity.launches) {
        let Some(zone) = &activity.availability_zone else {
            continue;
        };
        // What is under way says nothing yet.
        if !matches!(activity.status_code.as_str(), "Failed" | "Successful") {
            continue;
        }
        newest
            .entry(zone)
            .and_modify(|known| {
                if known.started_at < activity.started_at {
                    *known = activity;
                }
            })
            .or_insert(activity);
    }
    newest
        .into_iter()
        .filter(|(_, activity)| activity.status_code == "Failed")
        .map(|(zone, activity)| {
            let failure = LaunchFailure {
                at: activity.started_at,
                message: activity.status_message.clone().unwrap_or_default(),
            };
            (zone.to_owned(), failure)
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn launch(zone: &str, second: i64, status_code: &str) -> Activity {
        Activity {
            started_at: Timestamp::from_second(second).unwrap(),
            status_code: status_code.into(),
            status_message: Some(format!("{status_code} at {second}")),
            cause: String::new(),
            availability_zone: Some(zone.into()),
            launches: true,
        }
    }

    #[test]
    fn the_newest_launch_of_a_zone_speaks_for_it() {
        let activities = [
            launch("a", 1, "Failed"),
            launch("a", 3, "Failed"),
            launch("a", 2, "Successful"),
            launch("b", 2, "Successful"),
            launch("b", 1, "Failed"),
            launch("c", 1, "Failed"),
            launch("c", 2, "InProgress"),
        ];
        let failures = unresolved(&activities);
        assert_eq!(failures.keys().collect::<Vec<_>>(), ["a", "c"]);
        assert_eq!(failures["a"].message, "Failed at 3");
    }

    #[test]
    fn of_two_launches_at_once_the_first_counts_as_auto_scaling_lists_the_newest_first() {
        let (failed, came) = (launch("a", 1, "Failed"), launch("a", 1, "Successful"));
        assert_eq!(unresolved(&[failed.clone(), came.clone()]).len(), 1);
        assert!(unresolved(&[came, failed]).is_empty());
    }

    #[test]
    fn a_termination_or_a_launch_without_a_zone_says_nothing() {
        let mut termination = launch("a", 1, "Failed");
        termination.launches = false;
        let mut nowhere = launch("a", 1, "Failed");
        nowhere.availability_zone = None;
        assert!(unresolved(&[termination, nowhere]).is_empty());
    }
}
