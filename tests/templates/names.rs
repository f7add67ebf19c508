//! The names that the module gives, which CloudFormation finds itself for the most part: each tells
//! its deployment, and fits.

use anyhow::{Context, Result, ensure};
use serde_json::Value;

use crate::{
    module::Module,
    partition::PARTITIONS,
    scenario,
    template::{Parameters, Template},
};

/// The most letters of `name`, as its validation says.
const LONGEST: usize = 34;

/// What the name of a type may have, in letters.
/// See <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html>,
/// <https://docs.aws.amazon.com/lambda/latest/api/API_CreateFunction.html>,
/// <https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutRule.html>,
/// <https://docs.aws.amazon.com/scheduler/latest/APIReference/API_CreateSchedule.html>,
/// <https://docs.aws.amazon.com/step-functions/latest/apireference/API_CreateStateMachine.html> and
/// <https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_CreateQueue.html>.
const LIMITS: [(&str, usize); 7] = [
    ("aws_iam_role", 64),
    ("aws_lambda_function", 64),
    ("aws_cloudwatch_event_rule", 64),
    ("aws_scheduler_schedule_group", 64),
    ("aws_scheduler_schedule", 64),
    ("aws_sfn_state_machine", 80),
    ("aws_sqs_queue", 80),
];

/// What is the account's, not a region's.
const GLOBAL: [&str; 2] = ["aws_iam_role", "aws_cloudwatch_dashboard"];

/// What lies within another resource has a name that is its own there.
const WITHIN: [&str; 3] = [
    "aws_iam_role_policy",
    "aws_cloudwatch_event_target",
    "aws_scheduler_schedule",
];

/// The type and the name of each resource that has one.
fn names(module: &Module, template: &Template, of: &Parameters) -> Result<Vec<(String, String)>> {
    let mut names = Vec::new();
    for (address, resource) in module.work_out(template, of)?.resources {
        let (kind, _) = address.split_once('.').context("no type")?;
        for field in ["name", "alarm_name", "function_name", "dashboard_name"] {
            if let Some(name) = resource[field].as_str()
                && !WITHIN.contains(&kind)
            {
                names.push((kind.to_owned(), name.to_owned()));
            }
        }
    }
    Ok(names)
}

#[test]
fn a_name_tells_the_deployment_and_a_global_one_the_region() -> Result<()> {
    let (template, module) = (Template::read()?, Module::read()?);
    let parameters = scenario::defaults(&template, &PARTITIONS[0]);
    for (kind, name) in names(&module, &template, &parameters)? {
        let own = [scenario::NAME, scenario::WORKERS, "${"];
        ensure!(own.iter().any(|part| name.contains(part)), "{kind} {name}");
        let is_global = GLOBAL.contains(&kind.as_str());
        let region = &parameters["AWS::Region"];
        ensure!(!is_global || name.contains(region), "{kind} {name}");
    }
    Ok(())
}

#[test]
fn the_longest_name_fits_in_the_longest_region() -> Result<()> {
    let (template, module) = (Template::read()?, Module::read()?);
    let validation = module.variables()["name"].to_json()?["validation"].clone();
    let most = LONGEST - 1;
    let pattern = format!("^[a-zA-Z][-a-zA-Z0-9]{{0,{most}}}$");
    let expected = format!("can(regex({}, var.name))", Value::from(pattern));
    ensure!(validation == expected, "{validation}");
    for partition in &PARTITIONS {
        let mut parameters = scenario::defaults(&template, partition);
        parameters.insert("AWS::StackName".to_owned(), "s".repeat(LONGEST));
        for (kind, name) in names(&module, &template, &parameters)? {
            let limit = LIMITS.iter().find(|(of, _)| *of == kind);
            if let Some((_, limit)) = limit {
                ensure!(name.len() <= *limit, "{kind} {name}: over {limit}");
            }
        }
    }
    Ok(())
}
