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

    /// <https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-limits.html>
    #[test]
    fn the_template_fits_into_a_call() {
        assert!(TEMPLATE.len() <= 51_200);
    }
}
