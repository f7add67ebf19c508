//! What is left to do after a first deployment, which CloudFormation cannot do.

use std::collections::BTreeMap;

use spotmanager_domain::settings::LaunchBy;

use super::{Outcome, report::Report};

/// The steps, each with the lines that it takes.
pub(super) fn next_steps(report: &Report<'_>) -> Vec<String> {
    let stack = report.stack_name;
    match report.outcome {
        Outcome::NotExecuted => not_executed(report),
        Outcome::Executed if report.makes_stack => {
            let workers = value(&report.parameters, "WorkersStackName");
            let mut steps = Vec::new();
            if let Some(topic) = report.outputs.get("JobsTopicArn") {
                steps.push(format!(
                    "in the template of {workers}, the alarm for jobs must name the topic among its actions:\n    AlarmActions:\n      - {topic}"
                ));
            }
            let email = value(&report.parameters, "OperationsEmail");
            if !email.is_empty() {
                steps.push(format!(
                    "confirm the subscription: AWS sent an e-mail with a link to {email}, and sends no reports of failures before"
                ));
            }
            steps.extend(rebalancing(report));
            steps.push(format!(
                "check it: spotmanager doctor --stack {workers} --spotmanager-stack {stack}"
            ));
            steps
        }
        // Without it nothing is launched by LaunchInstances.
        Outcome::Executed
            if value(&report.parameters, "LaunchBy") == LaunchBy::LaunchInstances.to_string() =>
        {
            rebalancing(report).collect()
        }
        _ => Vec::new(),
    }
}

fn rebalancing<'a>(report: &'a Report<'_>) -> impl Iterator<Item = String> + 'a {
    let commands = report.suspend_rebalancing.iter();
    commands.map(|command| {
        format!("keep Auto Scaling from ending busy instances to even out zones: {command}")
    })
}

fn not_executed(report: &Report<'_>) -> Vec<String> {
    let stack = report.stack_name;
    let arn = report.change_set_arn.as_deref().unwrap_or_default();
    let mut steps = vec![format!(
        "aws cloudformation execute-change-set --change-set-name {arn}"
    )];
    if report.makes_stack {
        steps.push(format!(
            "until then the stack {stack} is REVIEW_IN_PROGRESS; aws cloudformation delete-stack --stack-name {stack} removes it with the change set"
        ));
    }
    steps
}

fn value<'a>(parameters: &'a BTreeMap<String, String>, key: &str) -> &'a str {
    parameters.get(key).map(String::as_str).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::deploy::report::testing::report;

    fn steps(outcome: Outcome, makes_stack: bool, email: &str) -> String {
        let mut report = report(outcome);
        report.makes_stack = makes_stack;
        let parameters = [("WorkersStackName", "farm"), ("OperationsEmail", email)];
        report.parameters = parameters
            .map(|(key, value)| (key.to_owned(), value.to_owned()))
            .into();
        next_steps(&report).join("\n")
    }

    #[test]
    fn a_first_deployment_leaves_the_alarm_and_the_e_mail() {
        let told = steps(Outcome::Executed, true, "operations@example.com");
        for part in [
            "AlarmActions:\n      - arn:topic",
            "confirm the subscription",
            "operations@example.com",
            "spotmanager doctor --stack farm --spotmanager-stack sm",
        ] {
            assert!(told.contains(part), "{part} in {told}");
        }
        assert!(!steps(Outcome::Executed, true, "").contains("confirm"));
        assert_eq!(steps(Outcome::Executed, false, "a@example.com"), "");
        assert_eq!(steps(Outcome::Declined, true, ""), "");
    }

    #[test]
    fn rebalancing_is_suspended_at_first_and_before_launch_instances() {
        let steps = |makes_stack: bool, launch_by: &str| {
            let mut report = report(Outcome::Executed);
            report.makes_stack = makes_stack;
            report.parameters = [("LaunchBy".to_owned(), launch_by.to_owned())].into();
            report.suspend_rebalancing = ["aws autoscaling suspend-processes".to_owned()].into();
            next_steps(&report).join("\n")
        };
        for (makes_stack, launch_by, is_said) in [
            (true, "automatic", true),
            (false, "automatic", false),
            (false, "launch-instances", true),
        ] {
            let told = steps(makes_stack, launch_by);
            assert_eq!(
                told.contains("zones: aws autoscaling suspend"),
                is_said,
                "{told}"
            );
        }
    }

    #[test]
    fn a_new_stack_whose_change_set_is_left_says_what_it_is_until_then() {
        let told = steps(Outcome::NotExecuted, true, "");
        for part in [
            "execute-change-set --change-set-name arn:changeSet",
            "REVIEW_IN_PROGRESS",
            "delete-stack --stack-name sm",
        ] {
            assert!(told.contains(part), "{part} in {told}");
        }
        let told = steps(Outcome::NotExecuted, false, "");
        assert!(!told.contains("REVIEW_IN_PROGRESS"), "{told}");
    }
}
