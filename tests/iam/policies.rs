//! The policies of a deployment: of roles, topics, queues and functions, and of a key.

use anyhow::{Context, Result, bail, ensure};
use serde_json::{Value, json};

use crate::{
    key_policy,
    parameters::{Parameters, Scenario},
    place::Place,
    render::{Resource, Template, templates},
};

/// The statements of one policy.
pub(crate) struct Policy {
    /// What it is called in problems and in docs/reference/permissions.md.
    pub(crate) name: String,
    /// The resource type that a resource-based policy belongs to, none for an identity policy.
    pub(crate) attached_to: Option<&'static str>,
    pub(crate) statements: Vec<Value>,
}

/// The types of resources that have policies.
const KINDS: [&str; 5] = [
    "AWS::IAM::Policy",
    "AWS::IAM::Role",
    "AWS::Lambda::Permission",
    "AWS::SNS::TopicPolicy",
    "AWS::SQS::QueuePolicy",
];

/// Every policy of a scenario in a place; a key's policy if there is a key.
pub(crate) fn all(scenario: Scenario, place: &Place) -> Result<Vec<Policy>> {
    let mut policies = Vec::new();
    for template in templates()? {
        let parameters = scenario.parameters(template, place);
        policies.extend(of_template(template, place, &parameters)?);
    }
    if matches!(scenario, Scenario::AllOn) {
        policies.push(key_policy::read(place)?);
    }
    Ok(policies)
}

/// Every policy of a template under these parameters.
pub(crate) fn of_template(
    template: &Template,
    place: &Place,
    parameters: &Parameters,
) -> Result<Vec<Policy>> {
    let mut policies = Vec::new();
    for resource in template.render(place, parameters, |kind| KINDS.contains(&kind))? {
        policies.extend(of(&resource).with_context(|| resource.id.clone())?);
    }
    Ok(policies)
}

/// The resources with policies that no scenario renders, and policies that are nowhere read.
pub(crate) fn left_out(place: &Place) -> Result<Vec<String>> {
    let mut left_out = Vec::new();
    for template in templates()? {
        let mut rendered = Vec::new();
        for scenario in Scenario::ALL {
            let parameters = scenario.parameters(template, place);
            rendered.extend(template.render(place, &parameters, |kind| KINDS.contains(&kind))?);
        }
        left_out.extend(unread(template, &rendered));
    }
    Ok(left_out)
}

fn unread(template: &Template, rendered: &[Resource]) -> Vec<String> {
    let raw = template.raw().filter(|(id, kind, properties)| {
        let has_policy = KINDS.contains(kind) || statement_lists(properties) > 0;
        has_policy && !rendered.iter().any(|one| one.id == *id)
    });
    raw.map(|(id, kind, _)| format!("{id} of type {kind}"))
        .collect()
}

/// How many lists of statements there are, however deep.
fn statement_lists(value: &Value) -> usize {
    match value {
        Value::Object(object) => object
            .iter()
            .map(|(key, value)| usize::from(key == "Statement") + statement_lists(value))
            .sum(),
        Value::Array(elements) => elements.iter().map(statement_lists).sum(),
        _ => 0,
    }
}

fn of(resource: &Resource) -> Result<Vec<Policy>> {
    let properties = &resource.properties;
    let id = format!("`{}`", resource.id);
    let policies = match resource.kind.as_str() {
        "AWS::IAM::Role" => {
            let managed = &properties["ManagedPolicyArns"];
            ensure!(
                managed.is_null(),
                "ManagedPolicyArns is {managed}, not checked here"
            );
            role(&id, properties)?
        }
        "AWS::IAM::Policy" => vec![document(id, None, &properties["PolicyDocument"])?],
        "AWS::Lambda::Permission" => vec![Policy {
            name: id,
            attached_to: Some("function"),
            statements: vec![permission(properties)?],
        }],
        "AWS::SNS::TopicPolicy" => {
            vec![document(id, Some("topic"), &properties["PolicyDocument"])?]
        }
        "AWS::SQS::QueuePolicy" => {
            vec![document(id, Some("queue"), &properties["PolicyDocument"])?]
        }
        other => bail!("{other} is not one of {KINDS:?}"),
    };
    let lists = statement_lists(properties);
    let read = policies.len();
    let is_whole = lists == read || resource.kind == "AWS::Lambda::Permission";
    ensure!(is_whole, "{read} of {lists} lists of statements are read");
    Ok(policies)
}

fn role(id: &str, properties: &Value) -> Result<Vec<Policy>> {
    let trust = &properties["AssumeRolePolicyDocument"];
    let mut policies = vec![document(format!("trust of {id}"), Some("role"), trust)?];
    for policy in properties["Policies"].as_array().into_iter().flatten() {
        policies.push(document(id.to_owned(), None, &policy["PolicyDocument"])?);
    }
    Ok(policies)
}

fn document(name: String, attached_to: Option<&'static str>, document: &Value) -> Result<Policy> {
    let statements = document["Statement"].as_array();
    Ok(Policy {
        name,
        attached_to,
        statements: statements.context("Statement is not an array")?.clone(),
    })
}

/// The statement that Lambda writes for a permission.
/// See <https://docs.aws.amazon.com/lambda/latest/api/API_AddPermission.html>.
fn permission(properties: &Value) -> Result<Value> {
    let object = properties.as_object().context("no properties")?;
    let mut condition = json!({});
    for (name, value) in object {
        match name.as_str() {
            "Action" | "FunctionName" | "Principal" => {}
            "SourceAccount" => condition["StringEquals"]["aws:SourceAccount"] = value.clone(),
            "SourceArn" => condition["ArnLike"]["aws:SourceArn"] = value.clone(),
            other => bail!("the property {other} is not supported by this test"),
        }
    }
    Ok(json!({
        "Effect": "Allow",
        "Principal": {"Service": properties["Principal"]},
        "Action": properties["Action"],
        "Resource": properties["FunctionName"],
        "Condition": condition,
    }))
}
