//! Holds the Terraform module against the CloudFormation template: both are worked out for the same
//! parameters, and every resource must come out alike. The example's workers are worked out alone.

#[path = "../cloudformation/mod.rs"]
mod cloudformation;
mod counterpart;
mod module;
mod names;
mod partition;
mod scenario;
mod template;
mod workers;

use std::collections::BTreeSet;

use anyhow::{Context, Result, ensure};
use serde_json::{Value, json};

use cloudformation::checkout;
use counterpart::{Comparable, KINDS, snake_case, terraform_name};
use module::Module;
use partition::{PARTITIONS, Partition};
use template::{Parameters, Template};

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
    let parameters = scenario::defaults(&template, &PARTITIONS[0]);
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
    for partition in &PARTITIONS {
        for parameters in scenario::all(&template, partition) {
            compare(&template, &module, &parameters, partition)
                .with_context(|| format!("under {parameters:#?}"))?;
        }
    }
    Ok(())
}

fn compare(
    template: &Template,
    module: &Module,
    parameters: &Parameters,
    partition: &Partition,
) -> Result<()> {
    let mut resources = module.work_out(template, parameters)?.resources;
    for (logical_id, kind, properties) in template.resources(parameters)? {
        let kind = KINDS
            .iter()
            .find(|one| one.cloud_formation == kind)
            .with_context(|| format!("{kind} has no counterpart"))?;
        let name = terraform_name(&logical_id, kind)?;
        let address = format!("{}.{name}", kind.terraform);
        let mut take = |of: &str| {
            let resource = resources.remove(&format!("{of}.{name}"));
            resource.with_context(|| format!("{of}.{name} is missing"))
        };
        let own = take(kind.terraform)?;
        let beside = kind.beside.map(|(of, _)| take(of)).transpose()?;
        let stack =
            Comparable::of_template(kind, &properties).with_context(|| logical_id.clone())?;
        let module =
            Comparable::of_module(kind, &own, beside.as_ref()).with_context(|| address.clone())?;
        assert_eq!(
            module.named_as(&stack),
            stack,
            "{address}, under {parameters:#?}"
        );
        for (property, value) in stack.values() {
            let checked = partition.expect_own(property, value);
            checked.with_context(|| address.clone())?;
        }
    }
    let left: Vec<_> = resources.keys().collect();
    ensure!(left.is_empty(), "only the module has {left:?}");
    Ok(())
}
