//! Defaults of SpotManager's template that are no settings of an execution.

/// What the parameter `TopicSuffix` is.
pub(crate) const TOPIC_SUFFIX: &str = "-jobs-to-do";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_template_has_them() {
        let template = include_str!("../../../infra/spotmanager.yaml");
        let default = format!("TopicSuffix:\n    Type: String\n    Default: \"{TOPIC_SUFFIX}\"");
        assert!(template.contains(&default), "{default}");
    }
}
