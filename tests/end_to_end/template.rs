//! `infra/spotmanager.yaml` as JSON, and what its roles allow.

use std::process::Command;

use anyhow::{Context, Result, bail};
use serde_json::Value;
use spotmanager_tests::{Stage, as_json};

/// The template, its short functions spelt out, as cfn-lint reads it.
pub(crate) fn template(stage: &Stage) -> Result<Value> {
    let script = "import json, sys; from cfnlint.decode import decode; \
                  print(json.dumps(decode(sys.argv[1])[0]))";
    let output = Command::new(stage.checkout.tool("python")?)
        .args(["-c", script, "infra/spotmanager.yaml"])
        .current_dir(stage.checkout.root())
        .output()?;
    as_json(&String::from_utf8(output.stdout)?)
}

/// The statements of all policies of a role.
pub(crate) fn statements<'a>(template: &'a Value, role: &str) -> Result<Vec<&'a Value>> {
    let policies = template
        .pointer(&format!("/Resources/{role}/Properties/Policies"))
        .and_then(Value::as_array);
    let mut all = Vec::new();
    for policy in policies.with_context(|| format!("{role} has no policies"))? {
        let statements = policy["PolicyDocument"]["Statement"].as_array();
        all.extend(statements.context("a policy without statements")?);
    }
    Ok(all)
}

/// The actions of a statement.
pub(crate) fn actions(statement: &Value) -> Result<Vec<String>> {
    match &statement["Action"] {
        Value::String(action) => Ok(vec![action.clone()]),
        Value::Array(actions) => actions
            .iter()
            .map(|action| Ok(action.as_str().context("an action is no text")?.to_owned()))
            .collect(),
        other => bail!("{other} is no action"),
    }
}
