//! The stack that is deployed to, as it stands.

use std::collections::BTreeMap;

use spotmanager_aws::stacks::DeployedStack;
use spotmanager_domain::{SettingError, is_stack_name};

use crate::deployed::check_is_spotmanager;

/// The status of a stack whose change set was not executed yet.
/// See <https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/view-stack-events.html>.
pub(super) const UNMADE: &str = "REVIEW_IN_PROGRESS";

/// A stack that is not there, or one that can be changed.
#[derive(Debug)]
pub(super) struct Target {
    /// Whether the stack is made.
    pub(super) is_new: bool,
    /// Whether another change set is there that would make it.
    pub(super) is_unmade: bool,
    /// What it has, by their names.
    pub(super) parameters: BTreeMap<String, String>,
    pub(super) outputs: BTreeMap<String, String>,
}

/// The most characters of the stack's name with which each name that the template makes of it is
/// allowed; CloudFormation itself fails only when it creates the first that is not.
const LONGEST_NAME: usize = 55;

impl Target {
    /// The stack of this name, of which CloudFormation says this.
    ///
    /// # Errors
    /// [`SettingError`] if the name cannot be used, or the stack is not SpotManager's or cannot be
    /// changed as it stands.
    pub(super) fn of(name: &str, stack: Option<DeployedStack>) -> Result<Self, SettingError> {
        const FIELD: &str = "--spotmanager-stack";
        if !is_stack_name(name) || name.len() > LONGEST_NAME {
            let expected = format!(
                "a stack's name of letters, digits and hyphens, at most {LONGEST_NAME} characters"
            );
            return Err(SettingError::new(FIELD, name, expected));
        }
        let Some(stack) = stack else {
            return Ok(Self::new());
        };
        match stack.status.as_str() {
            // What a change set leaves that was not executed, and what is gone.
            UNMADE => Ok(Self {
                is_unmade: true,
                ..Self::new()
            }),
            "DELETE_COMPLETE" => Ok(Self::new()),
            "CREATE_COMPLETE"
            | "UPDATE_COMPLETE"
            | "UPDATE_ROLLBACK_COMPLETE"
            | "IMPORT_COMPLETE"
            | "IMPORT_ROLLBACK_COMPLETE" => {
                // The template in place of another's would remove all that the other made.
                check_is_spotmanager(name, &stack)?;
                Ok(Self {
                    is_new: false,
                    is_unmade: false,
                    parameters: stack.parameters,
                    outputs: stack.outputs,
                })
            }
            status => {
                let expected = if status.ends_with("_IN_PROGRESS") {
                    "a stack that nobody changes; wait until that is done"
                } else {
                    "a stack that can be changed; `aws cloudformation delete-stack` deletes one whose creation failed"
                };
                let found = format!("{name}, which is {status}");
                Err(SettingError::new(FIELD, found, expected))
            }
        }
    }

    /// Whether nothing of the stack is there yet, so that nobody else loses what is taken back.
    pub(super) fn owns_stack(&self) -> bool {
        self.is_new && !self.is_unmade
    }

    /// A stack that is made.
    fn new() -> Self {
        Self {
            is_new: true,
            is_unmade: false,
            parameters: BTreeMap::new(),
            outputs: BTreeMap::new(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEMPLATE: &str = include_str!("../../../../infra/spotmanager.yaml");
    const STACK_NAME: &str = "AWS::StackName";
    /// None is longer.
    const REGION: &str = "ap-northeast-1";

    /// The most characters of the names that a property gives.
    fn longest(property: &str) -> Option<usize> {
        Some(match property {
            // <https://docs.aws.amazon.com/lambda/latest/api/API_CreateFunction.html>
            "FunctionName" => 64,
            // <https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutRule.html>,
            // <https://docs.aws.amazon.com/scheduler/latest/APIReference/API_CreateSchedule.html>,
            // <https://docs.aws.amazon.com/scheduler/latest/APIReference/API_CreateScheduleGroup.html>
            "Name" => 64,
            // <https://docs.aws.amazon.com/step-functions/latest/apireference/API_CreateStateMachine.html>
            "StateMachineName" => 80,
            // <https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-cloudwatch-dashboard.html>
            "DashboardName" => 255,
            // <https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_CreateLogGroup.html>
            "LogGroupName" => 512,
            _ => return None,
        })
    }

    /// Each property of the template that names what it creates after the stack, with the name.
    fn names() -> Vec<(&'static str, String)> {
        let mut names = Vec::new();
        for line in TEMPLATE.lines() {
            let Some((property, value)) = line.trim().split_once(": ") else {
                continue;
            };
            let name = match value.split_once(' ') {
                Some(("!Ref", STACK_NAME)) => "${AWS::StackName}",
                Some(("!Sub", name)) if name.contains(STACK_NAME) => name,
                _ => continue,
            };
            if property.ends_with("Name") {
                names.push((property, name.replace("${AWS::Region}", REGION)));
            }
        }
        names
    }

    #[test]
    fn the_longest_name_is_what_the_template_s_names_allow() {
        let room = |(property, name): &(&str, String)| {
            let longest = longest(property);
            let longest = longest.unwrap_or_else(|| panic!("no limit is known of {property}"));
            let rest = name.replace("${AWS::StackName}", "");
            assert!(!rest.contains("${"), "{property} is {name}");
            longest - rest.len()
        };
        assert_eq!(names().iter().map(room).min(), Some(LONGEST_NAME));
    }

    fn target(status: &str) -> Result<Target, SettingError> {
        let outputs = ["JobsTopicArn", "StateMachineArn"];
        let stack = DeployedStack {
            status: status.into(),
            parameters: BTreeMap::new(),
            outputs: outputs.map(|name| (name.into(), "arn".into())).into(),
        };
        Target::of("spotmanager", Some(stack))
    }

    #[test]
    fn a_stack_that_is_not_spotmanager_s_is_refused() {
        let stack = DeployedStack {
            status: "CREATE_COMPLETE".into(),
            parameters: BTreeMap::new(),
            outputs: BTreeMap::new(),
        };
        let refused = Target::of("farm", Some(stack)).unwrap_err().to_string();
        for part in ["--spotmanager-stack", "farm", "JobsTopicArn"] {
            assert!(refused.contains(part), "{part} in {refused}");
        }
    }

    #[test]
    fn a_stack_is_made_changed_or_refused_as_it_stands() {
        assert!(Target::of("spotmanager", None).unwrap().is_new);
        let unmade = target("REVIEW_IN_PROGRESS").unwrap();
        assert!(unmade.is_new && unmade.is_unmade);
        assert!(!target("UPDATE_ROLLBACK_COMPLETE").unwrap().is_new);
        for (status, told) in [
            ("UPDATE_IN_PROGRESS", "wait"),
            ("ROLLBACK_COMPLETE", "delete-stack"),
        ] {
            let refused = target(status).unwrap_err().to_string();
            for part in [status, told] {
                assert!(refused.contains(part), "{part} in {refused}");
            }
        }
    }

    #[test]
    fn a_name_that_is_too_long_for_what_is_named_after_it_is_refused() {
        let name = "s".repeat(LONGEST_NAME);
        assert!(Target::of(&name, None).is_ok());
        for name in [format!("{name}s"), "9".into()] {
            let refused = Target::of(&name, None).unwrap_err().to_string();
            let told = format!("{LONGEST_NAME} characters");
            assert!(refused.contains(&told), "{refused}");
        }
    }
}
