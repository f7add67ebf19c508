//! What a change does that replaces the jobs topic: the workers' alarm goes on naming the old one.
//! See <https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/using-cfn-updating-stacks-update-behaviors.html>.

use std::{collections::BTreeMap, fmt};

use spotmanager_aws::change_sets::ResourceChange;

const LOGICAL_ID: &str = "jobsTopic";
const OUTPUT: &str = "JobsTopicArn";

/// A warning of a change that gives the jobs topic another ARN.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct ReplacedTopic {
    is_certain: bool,
    /// The topic that the alarms name until now, if the stack says it.
    old_arn: Option<String>,
}

impl ReplacedTopic {
    /// The warning, if the changes call for one. `outputs` are the stack's before them.
    pub(super) fn among(
        changes: &[ResourceChange],
        outputs: &BTreeMap<String, String>,
    ) -> Option<Self> {
        let change = changes
            .iter()
            .find(|change| change.logical_id == LOGICAL_ID)?;
        let is_certain = match (change.action.as_str(), change.replacement.as_deref()) {
            ("Remove", _) | (_, Some("True")) => true,
            (_, Some("Conditional")) => false,
            _ => return None,
        };
        Some(Self {
            is_certain,
            old_arn: outputs.get(OUTPUT).cloned(),
        })
    }
}

impl fmt::Display for ReplacedTopic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let verb = if self.is_certain {
            "replaces"
        } else {
            "may replace"
        };
        let old = self.old_arn.as_deref().unwrap_or("the old topic");
        write!(
            f,
            "the change {verb} {LOGICAL_ID}. Alarms that name {old} then publish into nothing, and CloudWatch reports no failure: set their action to the new output {OUTPUT}, and run spotmanager doctor"
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn change(action: &str, logical_id: &str, replacement: Option<&str>) -> ResourceChange {
        ResourceChange {
            action: action.into(),
            logical_id: logical_id.into(),
            resource_type: "AWS::SNS::Topic".into(),
            replacement: replacement.map(str::to_owned),
        }
    }

    #[test]
    fn only_a_jobs_topic_that_may_get_another_arn_is_warned_of() {
        for (action, logical_id, replacement, verb) in [
            ("Modify", "jobsTopic", Some("True"), Some("replaces")),
            (
                "Modify",
                "jobsTopic",
                Some("Conditional"),
                Some("may replace"),
            ),
            ("Remove", "jobsTopic", None, Some("replaces")),
            ("Modify", "jobsTopic", Some("False"), None),
            ("Add", "jobsTopic", None, None),
            ("Modify", "operationsTopic", Some("True"), None),
        ] {
            let changes = [change(action, logical_id, replacement)];
            let outputs = [(OUTPUT.to_owned(), "arn:old".to_owned())].into();
            let warning = ReplacedTopic::among(&changes, &outputs);
            let text = warning.map(|warning| warning.to_string());
            match verb {
                None => assert_eq!(text, None, "{action} {logical_id} {replacement:?}"),
                Some(verb) => {
                    let text = text.unwrap();
                    for part in [verb, "arn:old", OUTPUT] {
                        assert!(text.contains(part), "{part} in {text}");
                    }
                }
            }
        }
    }
}
