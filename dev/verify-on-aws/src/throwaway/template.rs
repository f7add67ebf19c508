//! SpotManager's template without a resource.

use crate::error::VerifyError;

/// The resource that lets SNS invoke *start*.
const PERMISSION: &str = "  startPermission:";

/// The template without the permission that lets the jobs topic invoke *start*, so that an alarm's
/// message goes to the dead-letter queue.
///
/// # Errors
/// [`VerifyError::Page`] if the template has no such resource.
pub(crate) fn without_jobs_permission(template: &str) -> Result<String, VerifyError> {
    let mut kept = String::new();
    let (mut is_left_out, mut is_found) = (false, false);
    for line in template.lines() {
        // A resource ends with the next line that is not indented more deeply.
        if line.starts_with("  ") && !line.starts_with("   ") && !line.trim_start().is_empty() {
            is_left_out = line.trim_end() == PERMISSION;
            is_found |= is_left_out;
        }
        if !is_left_out {
            kept.push_str(line);
            kept.push('\n');
        }
    }
    if is_found {
        return Ok(kept);
    }
    Err(VerifyError::Page {
        page: "the template",
        found: "it has no resource startPermission".to_owned(),
        expected: "the permission of the jobs topic to invoke start under this name",
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_permission_is_left_out() {
        let whole = include_str!("../../../../infra/spotmanager.yaml");
        let without = without_jobs_permission(whole).unwrap();
        assert!(!without.contains("startPermission"));
        for other in [
            "  startRetries:",
            "  jobsSubscription:",
            "  lostCapacityPermission:",
        ] {
            assert!(without.contains(other), "{other}");
        }
        let left_out = whole.lines().count() - without.lines().count();
        assert!((5..=9).contains(&left_out), "{left_out} lines");
    }

    #[test]
    fn a_template_without_it_is_refused() {
        let refused = without_jobs_permission("Resources:\n  other:\n").unwrap_err();
        assert!(refused.to_string().contains("startPermission"), "{refused}");
    }
}
