//! What follows the stack's name in the name of the topic that the alarm tells.

use std::collections::BTreeSet;

use super::{assumption::Assumption, read::Stack};
use crate::template_defaults::TOPIC_SUFFIX;

const PARAMETER: &str = "TopicSuffix";

/// The suffix that the command line names, else that of the only topic which the stack's alarms
/// tell and whose name begins with the stack's.
pub(super) fn choose(stack: &Stack, stack_name: &str, given: Option<&str>) -> Assumption {
    if let Some(given) = given {
        return Assumption::given(PARAMETER, given);
    }
    let suffixes: BTreeSet<_> = stack
        .alarms
        .iter()
        .flat_map(|alarm| &alarm.alarm_actions)
        .filter_map(|action| topic_name(action)?.strip_prefix(stack_name))
        .filter(|suffix| !suffix.is_empty())
        .collect();
    match suffixes.into_iter().collect::<Vec<_>>()[..] {
        [suffix] => Assumption::found(
            PARAMETER,
            suffix,
            format!("an alarm of the stack tells the topic {stack_name}{suffix}"),
        ),
        [] => Assumption::default(
            PARAMETER,
            TOPIC_SUFFIX,
            format!(
                "the alarm for jobs is to tell the topic {stack_name}{TOPIC_SUFFIX}, which the deployment makes"
            ),
        ),
        ref several => Assumption::default(
            PARAMETER,
            TOPIC_SUFFIX,
            format!(
                "the stack's alarms tell topics with the suffixes {}",
                several.join(", ")
            ),
        ),
    }
}

/// A topic's name, of its ARN.
fn topic_name(arn: &str) -> Option<&str> {
    let (service, name) = (arn.split(':').nth(2)?, arn.rsplit(':').next()?);
    (service == "sns").then_some(name)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::init::testing::{alarm, stack};

    fn chosen(actions: &[&str]) -> String {
        let mut stack = stack(&[]);
        stack.alarms = vec![alarm(&[], actions)];
        choose(&stack, "farm", None).value
    }

    #[test]
    fn the_suffix_is_what_follows_the_stack_s_name() {
        let own = "arn:aws:sns:eu-west-1:111122223333:farm_jobs";
        let other = "arn:aws:sns:eu-west-1:111122223333:operations";
        let policy = "arn:aws:autoscaling:eu-west-1:111122223333:scalingPolicy:1:farm-up";
        assert_eq!(chosen(&[policy, other, own]), "_jobs");
        assert_eq!(chosen(&[policy, other]), TOPIC_SUFFIX);
        let second = "arn:aws:sns:eu-west-1:111122223333:farm-two";
        assert_eq!(chosen(&[own, second]), TOPIC_SUFFIX);
    }
}
