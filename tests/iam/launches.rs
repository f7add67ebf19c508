//! The rights of a launch: granted if they are chosen, and as narrowly as they are meant to be.

use anyhow::{Result, ensure};
use libtest_mimic::Trial;
use serde_json::{Value, json};

use crate::{
    parameters::{LAUNCH_TEMPLATE, Scenario},
    place::PLACES,
    policies::{self, Policy},
    render::templates,
    trial,
};

/// What launches, in the caller's name.
const LAUNCHES: [&str; 4] = [
    "ec2:CreateFleet",
    "ec2:CreateTags",
    "ec2:RunInstances",
    "iam:PassRole",
];
const CALL: &str = "autoscaling:LaunchInstances";

pub(crate) fn trials() -> [Trial; 2] {
    [
        trial(
            "launches: granted only with LaunchBy and a template",
            only_if_chosen,
        ),
        trial(
            "launches: by the named templates and roles, and through a service",
            narrow,
        ),
    ]
}

fn only_if_chosen() -> Result<()> {
    for (launch_by, templates, is_granted) in [
        ("launch-instances", LAUNCH_TEMPLATE, true),
        ("launch-instances", "", false),
        ("automatic", LAUNCH_TEMPLATE, false),
        ("desired-capacity", LAUNCH_TEMPLATE, false),
    ] {
        let policies = policies(&[("LaunchBy", launch_by), ("LaunchTemplateArns", templates)])?;
        for action in LAUNCHES.into_iter().chain([CALL]) {
            let granted = !allowing(&policies, action).is_empty();
            ensure!(
                granted == is_granted,
                "{action} with {launch_by} and {templates:?}: {granted}"
            );
        }
    }
    let without_role = policies(&[("InstanceRoleArns", "")])?;
    ensure!(allowing(&without_role, "iam:PassRole").is_empty());
    ensure!(!allowing(&without_role, "ec2:RunInstances").is_empty());
    Ok(())
}

fn narrow() -> Result<()> {
    let policies = policies(&[])?;
    let named = json!([LAUNCH_TEMPLATE]);
    let by_template = json!({"ArnLike": {"ec2:LaunchTemplate": named}});
    for statement in allowing(&policies, "ec2:RunInstances") {
        let is_narrow = statement["Resource"] == named || statement["Condition"] == by_template;
        ensure!(is_narrow, "{statement}");
    }
    for statement in allowing(&policies, "ec2:CreateFleet") {
        // EC2 knows no condition on the template here.
        let resources = statement["Resource"].as_array().into_iter().flatten();
        let mut others = resources.filter(|arn| *arn != LAUNCH_TEMPLATE);
        let has_any = others.any(|arn| {
            let kind = arn.as_str().and_then(|arn| arn.split(':').nth(5));
            !kind.is_some_and(|kind| {
                ["fleet/*", "image/*", "instance/*", "subnet/*", "volume/*"].contains(&kind)
            })
        });
        ensure!(!has_any, "{statement}");
    }
    for statement in allowing(&policies, "ec2:CreateTags") {
        let made_by = &statement["Condition"]["StringEquals"]["ec2:CreateAction"];
        ensure!(
            *made_by == json!(["CreateFleet", "RunInstances"]),
            "{statement}"
        );
    }
    for statement in allowing(&policies, "iam:PassRole") {
        let role = PLACES[0].arn("iam", "role/workers");
        ensure!(statement["Resource"] == json!([role]), "{statement}");
        let service = &statement["Condition"]["StringLike"]["iam:PassedToService"];
        ensure!(*service == "ec2.*", "{statement}");
    }
    let directly = json!({"Bool": {"aws:ViaAWSService": "false"}});
    let denied = statements(&policies)
        .find(|statement| statement["Effect"] == "Deny" && statement["Condition"] == directly);
    let denies_all = denied.is_some_and(|denied| {
        denied["Resource"] == "*" && LAUNCHES.into_iter().all(|action| has(denied, action))
    });
    ensure!(
        denies_all,
        "a call of the role's own is not denied: {denied:?}"
    );
    Ok(())
}

/// The policies of roles with everything on, but for these parameters.
fn policies(changed: &[(&str, &str)]) -> Result<Vec<Policy>> {
    let place = &PLACES[0];
    let mut all = Vec::new();
    for template in templates()? {
        let mut parameters = Scenario::AllOn.parameters(template, place);
        for (name, value) in changed {
            if let Some(parameter) = parameters.get_mut(*name) {
                (*value).clone_into(parameter);
            }
        }
        all.extend(policies::of_template(template, place, &parameters)?);
    }
    all.retain(|policy| policy.attached_to.is_none());
    Ok(all)
}

fn statements(policies: &[Policy]) -> impl Iterator<Item = &Value> {
    policies.iter().flat_map(|policy| &policy.statements)
}

/// The statements that allow an action.
fn allowing<'a>(policies: &'a [Policy], action: &str) -> Vec<&'a Value> {
    let all = statements(policies).filter(|statement| statement["Effect"] == "Allow");
    all.filter(|statement| has(statement, action)).collect()
}

fn has(statement: &Value, action: &str) -> bool {
    match &statement["Action"] {
        Value::Array(actions) => actions.iter().any(|one| one == action),
        one => one == action,
    }
}
