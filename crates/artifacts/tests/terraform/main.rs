//! Holds the Terraform module against the CloudFormation template: both are worked out for the same
//! parameters, and every resource must come out alike.

mod counterpart;
mod module;
mod scenario;
mod template;

use std::{collections::BTreeSet, path::PathBuf};

use anyhow::{Context, Result, ensure};
use serde_json::{Value, json};

use counterpart::{Comparable, KINDS, snake_case, terraform_name};
use module::Module;
use template::Template;

fn checkout() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../..")
}

#[test]
fn variables_are_the_parameters() -> Result<()> {
    let (template, module) = (Template::read()?, Module::read()?);
    let mut variables = module.variables();
    // A stack has its name without a parameter.
    ensure!(variables.remove("name").is_some(), "there is no name");
    let wanted: BTreeSet<_> = template
        .parameters()
        .map(|(name, _)| snake_case(name))
        .collect();
    assert_eq!(variables.keys().cloned().collect::<BTreeSet<_>>(), wanted);
    for (name, parameter) in template.parameters() {
        let name = snake_case(name);
        let variable = &variables[&name];
        let kind = scenario::variable_type(parameter)?;
        let expected = json!({
            "description": parameter["Description"],
            "type": kind,
            "default": parameter.get("Default").map(|value| scenario::typed(value, kind)),
            "nullable": false,
            "validation": scenario::validation(&name, parameter, kind)?,
        });
        assert_eq!(variable.to_json()?, expected, "variable {name}");
    }
    Ok(())
}

#[test]
fn outputs_are_the_outputs() -> Result<()> {
    let (template, module) = (Template::read()?, Module::read()?);
    let parameters = scenario::defaults(&template);
    let worked_out = module.work_out(&template, &parameters)?;
    let outputs: Value = template
        .outputs(&parameters)?
        .into_iter()
        .map(|(name, output)| {
            let both = json!({"description": output["Description"], "value": output["Value"]});
            (snake_case(&name), both)
        })
        .collect();
    assert_eq!(worked_out.outputs, outputs);
    Ok(())
}

#[test]
fn resources_are_the_resources() -> Result<()> {
    let (template, module) = (Template::read()?, Module::read()?);
    for parameters in scenario::all(&template) {
        let mut resources = module.work_out(&template, &parameters)?.resources;
        for (logical_id, kind, properties) in template.resources(&parameters)? {
            let kind = KINDS
                .iter()
                .find(|one| one.cloud_formation == kind)
                .with_context(|| format!("{kind} has no counterpart"))?;
            let name = terraform_name(&logical_id, kind)?;
            let mut take = |of: &str| {
                let address = format!("{of}.{name}");
                let resource = resources.remove(&address);
                resource.with_context(|| format!("{address} is missing, under {parameters:#?}"))
            };
            let own = take(kind.terraform)?;
            let beside = kind.beside.map(|(of, _)| take(of)).transpose()?;
            let stack =
                Comparable::of_template(kind, &properties).with_context(|| logical_id.clone())?;
            let module = Comparable::of_module(kind, &own, beside.as_ref())
                .with_context(|| format!("{}.{name}", kind.terraform))?;
            assert_eq!(
                module.named_as(&stack),
                stack,
                "{}.{name}, under {parameters:#?}",
                kind.terraform
            );
        }
        let left: Vec<_> = resources.keys().collect();
        assert!(
            left.is_empty(),
            "only the module has {left:?}, under {parameters:#?}"
        );
    }
    Ok(())
}

#[test]
fn what_terraform_names_itself_is_told_apart_by_the_deployment() -> Result<()> {
    let (template, module) = (Template::read()?, Module::read()?);
    let parameters = scenario::defaults(&template);
    for (address, resource) in module.work_out(&template, &parameters)?.resources {
        // What lies within another resource has a name that is its own there.
        let within = ["aws_iam_role_policy.", "aws_cloudwatch_event_target."];
        if within.iter().any(|kind| address.starts_with(kind)) {
            continue;
        }
        for field in ["name", "alarm_name", "function_name"] {
            let Some(name) = resource[field].as_str() else {
                continue;
            };
            let own = [template::STACK_NAME, scenario::WORKERS, "${"];
            let of_deployment = own.iter().any(|part| name.contains(part));
            ensure!(of_deployment, "{field} of {address} is {name}");
        }
    }
    Ok(())
}
