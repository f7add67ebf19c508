//! Defaults of SpotManager's template that are no settings of an execution.

/// What the parameter `TopicSuffix` is.
pub(crate) const TOPIC_SUFFIX: &str = "-jobs-to-do";

#[cfg(test)]
mod tests {
    use super::*;

    const TEMPLATE: &str = include_str!("../../../infra/spotmanager.yaml");

    #[test]
    fn the_template_has_them() {
        let default = format!("TopicSuffix:\n    Type: String\n    Default: \"{TOPIC_SUFFIX}\"");
        assert!(TEMPLATE.contains(&default), "{default}");
    }

    /// What one call of CloudFormation takes, bytes.
    /// <https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-limits.html>
    const MOST_IN_A_CALL: usize = 51_200;
    /// So that the next parameters still fit.
    const MOST: usize = 50_000;

    #[test]
    fn the_template_fits_into_a_call_with_room_for_more() {
        const { assert!(MOST < MOST_IN_A_CALL) };
        assert!(TEMPLATE.len() < MOST, "{} bytes of {MOST}", TEMPLATE.len());
    }
}
