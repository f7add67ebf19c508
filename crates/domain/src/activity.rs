//! What Auto Scaling did with a group.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// A scaling activity, as far as the decision looks at it.
/// See <https://docs.aws.amazon.com/autoscaling/ec2/APIReference/API_Activity.html>.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Activity {
    /// When it began, UTC.
    pub started_at: Timestamp,
    /// Its StatusCode, such as `Successful` or `Failed`.
    pub status_code: String,
    /// Its StatusMessage, which says why it failed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status_message: Option<String>,
    /// What made Auto Scaling begin it.
    pub cause: String,
    /// The Availability Zone it launched into, where its details name one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub availability_zone: Option<String>,
    /// Whether it launches an instance (and does not terminate one).
    pub launches: bool,
}

impl Activity {
    /// Whether executing `policy_name` is what caused the activity.
    ///
    /// The name must stand as a word of its own: `ScaleUp` did not cause what `ScaleUpFast` did.
    #[must_use]
    pub fn was_caused_by(&self, policy_name: &str) -> bool {
        let is_name = |c: char| c.is_alphanumeric() || "-_./:".contains(c);
        self.cause
            .match_indices(policy_name)
            .any(|(begin, matched)| {
                let before = self.cause[..begin].chars().next_back();
                let after = self.cause[begin + matched.len()..].chars().next();
                !before.is_some_and(is_name)
                    // A sentence may end with the name and its full stop.
                    && !after.is_some_and(|c| is_name(c) && c != '.')
            })
    }
}

#[cfg(test)]
impl Activity {
    /// A launch that succeeded, for tests.
    pub(crate) fn launched_because(cause: &str) -> Self {
        Self {
            started_at: Timestamp::UNIX_EPOCH,
            status_code: "Successful".into(),
            status_message: None,
            cause: cause.into(),
            availability_zone: None,
            launches: true,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_policy_s_name_stands_as_a_word_of_its_own() {
        for (cause, is_ours) in [
            ("a user request executed policy ScaleUp changing", true),
            ("executed policy ScaleUp.", true),
            ("ScaleUp", true),
            ("executed policy ScaleUpFast changing", false),
            ("executed policy ScaleUp-fast changing", false),
            ("executed policy FastScaleUp changing", false),
            ("executed policy fast-ScaleUp changing", false),
            ("executed policy fast-ScaleUp, then ScaleUp", true),
            ("executed policy ScaleDown changing", false),
        ] {
            let activity = Activity::launched_because(cause);
            assert_eq!(activity.was_caused_by("ScaleUp"), is_ours, "{cause}");
        }
    }
}
