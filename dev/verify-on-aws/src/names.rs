//! What everything is called, so that a later run finds what an interrupted one left.

use spotmanager_domain::SettingError;

/// The tag of every stack and bucket; its value is the suffix.
pub(crate) const TAG: &str = "spotmanager:verify-on-aws";
const SUFFIX_LENGTH: usize = 8;

/// The names of one run.
#[derive(Clone, Debug)]
pub(crate) struct Names {
    suffix: String,
}

impl Names {
    /// Those of a new run.
    pub(crate) fn random() -> Self {
        let letter = || char::from_digit(fastrand::u32(0..36), 36).unwrap_or('0');
        Self {
            suffix: (0..SUFFIX_LENGTH).map(|_| letter()).collect(),
        }
    }

    /// Those of an earlier run.
    ///
    /// # Errors
    /// [`SettingError`] if no run has this suffix.
    pub(crate) fn of_suffix(suffix: &str) -> Result<Self, SettingError> {
        let is_ours = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit();
        if suffix.len() == SUFFIX_LENGTH && suffix.chars().all(is_ours) {
            let suffix = suffix.to_owned();
            return Ok(Self { suffix });
        }
        let expected = "the eight letters and digits that the interrupted run printed";
        Err(SettingError::new("--clean-up", suffix, expected))
    }

    /// The value of the tag.
    pub(crate) fn suffix(&self) -> &str {
        &self.suffix
    }

    /// SpotManager's stack, whose name every other name begins with.
    pub(crate) fn spotmanager(&self) -> String {
        format!("spotmanager-verify-{}", self.suffix)
    }

    /// The workers' stack.
    pub(crate) fn workers(&self) -> String {
        self.with("workers")
    }

    /// The stack of the queue that receives notifications.
    pub(crate) fn inbox(&self) -> String {
        self.with("inbox")
    }

    /// The stack of the KMS key.
    pub(crate) fn key(&self) -> String {
        self.with("key")
    }

    /// The bucket of a region: functions are taken from one of their own region.
    pub(crate) fn bucket(&self, region: &str) -> String {
        self.with(region)
    }

    /// The topic of the jobs alarm, as `TopicSuffix` names it by default.
    pub(crate) fn jobs_topic(&self) -> String {
        format!("{}-jobs-to-do", self.workers())
    }

    fn with(&self, what: &str) -> String {
        format!("{}-{what}", self.spotmanager())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_run_s_suffix_names_it_again() {
        let names = Names::random();
        let again = Names::of_suffix(names.suffix()).unwrap();
        assert_eq!(again.spotmanager(), names.spotmanager());
        for wrong in ["", "ABCDEFGH", "abc", "abcd-fgh", "abcdefghi"] {
            let refused = Names::of_suffix(wrong).unwrap_err().to_string();
            assert!(refused.contains("--clean-up"), "{refused}");
        }
    }

    #[test]
    fn names_are_within_the_limits_of_their_services() {
        let names = Names::random();
        // Functions are named after the stack, in at most 64 characters; a bucket has 63.
        assert!(names.spotmanager().len() <= 55);
        assert!(names.bucket("ap-southeast-2").len() <= 63);
    }
}
