//! From the topic's name to the stack's.

use spotmanager_domain::is_stack_name;

use crate::StartError;

/// The stack whose name, followed by `suffix`, is the topic's name.
///
/// # Errors
/// [`StartError::TopicName`] where it is none.
pub fn from_topic(topic_arn: &str, suffix: &str) -> Result<String, StartError> {
    topic_arn
        .rsplit(':')
        .next()
        .and_then(|name| name.strip_suffix(suffix))
        .filter(|stack_name| is_stack_name(stack_name))
        .map(str::to_owned)
        .ok_or_else(|| StartError::TopicName {
            found: topic_arn.to_owned(),
            suffix: suffix.to_owned(),
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_suffix_is_taken_off() {
        let arn = "arn:aws:sns:eu-west-1:111122223333:render-farm-jobs-to-do";
        assert_eq!(from_topic(arn, "-jobs-to-do").unwrap(), "render-farm");
    }

    #[test]
    fn other_topics_are_refused_by_name() {
        for topic in [
            "",
            "arn:aws:sns:r:1:other",
            "arn:aws:sns:r:1:-jobs-to-do",
            "9a-jobs-to-do",
        ] {
            let error = from_topic(topic, "-jobs-to-do").unwrap_err();
            assert!(error.to_string().starts_with("TopicArn is"), "{error}");
        }
    }
}
