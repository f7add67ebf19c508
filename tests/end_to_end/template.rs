//! The template, as cfn-lint reads it.

use std::{process::Command, sync::OnceLock};

use anyhow::{Context, Result, bail, ensure};
use serde_json::Value;
use spotmanager_testbed::{Stage, as_json};

/// The template as JSON, its short functions spelt out.
pub(crate) fn template(stage: &Stage) -> Result<&'static Value> {
    static TEMPLATE: OnceLock<Value> = OnceLock::new();
    if let Some(template) = TEMPLATE.get() {
        return Ok(template);
    }
    let script = "import json, sys; from cfnlint.decode import decode; \
                  print(json.dumps(decode(sys.argv[1])[0]))";
    let output = Command::new(stage.checkout.tool("python")?)
        .args(["-c", script, "infra/spotmanager.yaml"])
        .current_dir(stage.checkout.root())
        .output()?;
    let template = as_json(&String::from_utf8(output.stdout)?)?;
    Ok(TEMPLATE.get_or_init(|| template))
}

/// The resources of a type, by their logical ids, with their properties.
pub(crate) fn resources<'a>(template: &'a Value, kind: &str) -> Result<Vec<(&'a str, &'a Value)>> {
    let all = template["Resources"].as_object();
    let found: Vec<_> = all
        .context("a template without resources")?
        .iter()
        .filter(|(_, resource)| resource["Type"] == kind)
        .map(|(name, resource)| (name.as_str(), &resource["Properties"]))
        .collect();
    ensure!(!found.is_empty(), "the template has no {kind}");
    Ok(found)
}

/// The statements of a policy document, each with the template's condition that it needs, if any.
pub(crate) fn statements(document: &Value) -> Result<Vec<(Option<&str>, &Value)>> {
    let statements = document["Statement"].as_array();
    Ok(statements
        .context("a policy without statements")?
        .iter()
        .map(|statement| match statement.get("Fn::If") {
            Some(conditional) => (conditional[0].as_str(), &conditional[1]),
            None => (None, statement),
        })
        .collect())
}

/// The statements of all policies of a role.
pub(crate) fn granted_to(role: &Value) -> Result<Vec<(Option<&str>, &Value)>> {
    let policies = role["Policies"].as_array();
    let mut granted = Vec::new();
    for policy in policies.context("a role without policies")? {
        granted.extend(statements(&policy["PolicyDocument"])?);
    }
    Ok(granted)
}

/// The actions of a statement.
pub(crate) fn actions(statement: &Value) -> Result<Vec<&str>> {
    match &statement["Action"] {
        Value::String(action) => Ok(vec![action]),
        Value::Array(actions) => Ok(actions.iter().filter_map(Value::as_str).collect()),
        other => bail!("{other} is no action"),
    }
}

/// The statement of a role's first policy that allows an action.
pub(crate) fn statement<'a>(
    template: &'a mut Value,
    role: &str,
    action: &str,
) -> Result<&'a mut Value> {
    let policy = format!("/Resources/{role}/Properties/Policies/0/PolicyDocument/Statement");
    let statements = template.pointer_mut(&policy).and_then(Value::as_array_mut);
    for statement in statements.into_iter().flatten() {
        if actions(statement)?.contains(&action) {
            return Ok(statement);
        }
    }
    bail!("{role} does not allow {action}")
}
