//! The parameters under which both are compared, and what a parameter is in Terraform.

use anyhow::{Context, Result};
use serde_json::{Value, json};

use crate::{
    partition::Partition,
    template::{Parameters, Template},
};

/// The name of the stack, and of the module.
pub(crate) const NAME: &str = "sm";
pub(crate) const WORKERS: &str = "farm";
const ACCOUNT: &str = "000000000000";

/// What fits the patterns of the template and is no default.
const OTHERWISE: [(&str, &str); 5] = [
    ("FurtherStacks", "render-*"),
    ("MaximumPercentOfOnDemand", "70"),
    ("QueueLogicalId", "stackGPU/queueJobs"),
    ("TopicSuffix", "-to-do"),
    ("WorkersStackName", "mill"),
];

/// The parameters of `LaunchBy` `launch-instances`; its own value is the last that it allows.
const LAUNCHES: [&str; 3] = ["LaunchBy", "LaunchTemplateArns", "InstanceRoleArns"];

/// As the template has them, with the two that it wants, and the pseudo parameters.
pub(crate) fn defaults(template: &Template, partition: &Partition) -> Parameters {
    let mut parameters: Parameters = template
        .parameters()
        .filter_map(|(name, parameter)| Some((name.to_owned(), text(parameter.get("Default")?))))
        .collect();
    let given = [
        ("WorkersStackName", WORKERS),
        ("ArtifactBucket", "artifacts"),
        ("AWS::AccountId", ACCOUNT),
        ("AWS::Partition", partition.name),
        ("AWS::Region", partition.region),
        ("AWS::StackName", NAME),
        ("AWS::URLSuffix", partition.url_suffix),
    ];
    parameters.extend(given.map(|(name, value)| (name.to_owned(), value.to_owned())));
    parameters
}

/// The defaults, and each value that is no default alone, so that no parameter stands in for another.
/// What takes effect only with `LaunchBy` `launch-instances` stands with it.
pub(crate) fn all(template: &Template, partition: &Partition) -> Vec<Parameters> {
    let as_is = defaults(template, partition);
    let mut all = vec![as_is.clone()];
    for (name, parameter) in template.parameters() {
        for value in other_than_default(name, parameter, partition) {
            let mut parameters = as_is.clone();
            parameters.insert(name.to_owned(), value);
            all.push(parameters);
        }
    }
    let mut launches = as_is;
    for name in LAUNCHES {
        let parameter = template.parameters().find(|(known, _)| *known == name);
        let values = parameter.map(|(_, parameter)| other_than_default(name, parameter, partition));
        let value = values.into_iter().flatten().next_back();
        launches.insert(name.to_owned(), value.unwrap_or_default());
        all.push(launches.clone());
    }
    all
}

fn other_than_default(name: &str, parameter: &Value, partition: &Partition) -> Vec<String> {
    if let Some(arns) = arns(name, partition) {
        return vec![arns];
    }
    if let Some((_, value)) = OTHERWISE.iter().find(|(of, _)| *of == name) {
        return vec![(*value).to_owned()];
    }
    if let Some(allowed) = parameter["AllowedValues"].as_array() {
        let default = parameter.get("Default");
        let others = allowed.iter().filter(|value| Some(*value) != default);
        return others.map(text).collect();
    }
    vec![match parameter["Type"].as_str() {
        Some("Number") => parameter
            .get("MaxValue")
            .map_or_else(|| "77".to_owned(), text),
        _ => format!("another {name}"),
    }]
}

/// What a parameter of ARNs may be: several, if it takes a list.
fn arns(parameter: &str, partition: &Partition) -> Option<String> {
    let Partition { name, region, .. } = partition;
    Some(match parameter {
        "KmsKeyArn" => {
            let key = "00000000-0000-0000-0000-000000000000";
            format!("arn:{name}:kms:{region}:{ACCOUNT}:key/{key}")
        }
        "LaunchTemplateArns" => {
            let template = format!("arn:{name}:ec2:{region}:{ACCOUNT}:launch-template/lt-");
            format!("{template}1,{template}2")
        }
        "InstanceRoleArns" => format!("arn:{name}:iam::{ACCOUNT}:role/workers"),
        _ => return None,
    })
}

fn text(scalar: &Value) -> String {
    match scalar {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

/// CloudFormation has no type for what is true or false.
pub(crate) fn variable_type(parameter: &Value) -> Result<&'static str> {
    let is_bool = parameter["AllowedValues"] == json!(["true", "false"]);
    match parameter["Type"].as_str() {
        Some("String") if is_bool => Ok("bool"),
        Some("String") => Ok("string"),
        Some("Number") => Ok("number"),
        _ => None.with_context(|| format!("no variable is like {parameter}")),
    }
}

/// A value as a variable of this type has it.
pub(crate) fn typed(value: &Value, kind: &str) -> Value {
    match kind {
        "string" => text(value).into(),
        _ => serde_json::from_str(&text(value)).unwrap_or_default(),
    }
}

/// The condition that holds a variable to what the parameter may be.
pub(crate) fn validation(name: &str, parameter: &Value, kind: &str) -> Result<Option<String>> {
    let or_nothing = |key| parameter.get(key).map(text);
    if kind == "bool" {
        return Ok(None);
    }
    if let Some(allowed) = parameter["AllowedValues"].as_array() {
        let allowed: Vec<_> = allowed
            .iter()
            .map(|one| typed(one, kind).to_string())
            .collect();
        return Ok(Some(format!(
            "contains([{}], var.{name})",
            allowed.join(", ")
        )));
    }
    if let Some(pattern) = parameter["AllowedPattern"].as_str() {
        return Ok(Some(format!("can(regex({}, var.{name}))", json!(pattern))));
    }
    let least = or_nothing("MinValue").map(|least| format!("var.{name} >= {least}"));
    let most = or_nothing("MaxValue").map(|most| format!("var.{name} <= {most}"));
    let bounds: Vec<_> = least.into_iter().chain(most).collect();
    Ok((!bounds.is_empty()).then(|| bounds.join(" && ")))
}
