//! What follows the workers' stack's name in the name of the jobs topic.

use spotmanager_domain::SettingError;

/// The most characters of a topic's name.
/// See <https://docs.aws.amazon.com/sns/latest/api/API_CreateTopic.html>.
const LONGEST: usize = 256;

/// Checks that both together are a topic's name.
///
/// # Errors
/// [`SettingError`] names `field`.
pub(crate) fn check(field: &str, stack_name: &str, suffix: &str) -> Result<(), SettingError> {
    let is_allowed = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
    let most = LONGEST.saturating_sub(stack_name.len());
    if (1..=most).contains(&suffix.len()) && suffix.chars().all(is_allowed) {
        return Ok(());
    }
    let expected = format!("1 to {most} letters, digits, hyphens and underscores");
    Err(SettingError::new(field, suffix, expected))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_a_topic_may_be_called_passes() {
        for suffix in ["-jobs-to-do", "_Jobs2", &"s".repeat(252)] {
            assert!(check("TopicSuffix", "farm", suffix).is_ok(), "{suffix}");
        }
        for suffix in ["", "bad suffix", "-jobs.fifo", "-jöbs", &"s".repeat(253)] {
            let refused = check("--topic-suffix", "farm", suffix).unwrap_err();
            assert_eq!(refused.found, suffix);
            assert_eq!(refused.field, "--topic-suffix");
        }
    }
}
