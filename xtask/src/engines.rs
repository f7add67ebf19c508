//! Engines that are not ours: what the tests are held against in addition to the local AWS.

use std::{fs, path::PathBuf, process::Command};

use anyhow::{Context, Result};

use crate::{
    checkout,
    run::{captured, run},
    tools,
};

/// Where the tests look for what npm brings.
const NODE_FOLDER: &str = concat!(env!("SPOTMANAGER_TOOLS"), "-node");
const NODE_PINNED: [&str; 2] = ["package.json", "package-lock.json"];
/// Where the local AWS records requests and replies of the tests.
const EXCHANGES: &str = "target/exchanges";
/// Where the Terraform tests write what they ran with, or why they did not.
const TERRAFORM: &str = "target/logs/terraform/engines.txt";

/// Installs the reference JSONata and AWS's IAM definitions from npm, unless they are there; returns
/// why they are left out, if so.
pub(crate) fn install_from_npm() -> Result<Option<String>> {
    let left_out = |why: &str| format!("the reference JSONata and AWS's IAM definitions ({why})");
    for program in ["node", "npm"] {
        if captured(Command::new(program).arg("--version")).is_err() {
            return Ok(Some(left_out(&format!("no {program}"))));
        }
    }
    let folder = checkout::path(NODE_FOLDER);
    let installed = NODE_PINNED.iter().all(|name| {
        let [pinned, there] = [checkout::path("tools/node"), folder.clone()]
            .map(|folder| fs::read(folder.join(name)).ok());
        pinned.is_some() && pinned == there
    });
    if installed && folder.join("node_modules").exists() {
        return Ok(None);
    }
    println!("── installing tools/node/package.json into {NODE_FOLDER}");
    if folder.exists() {
        fs::remove_dir_all(&folder).context("cannot remove the old packages")?;
    }
    fs::create_dir_all(&folder)?;
    for name in NODE_PINNED {
        fs::copy(checkout::path("tools/node").join(name), folder.join(name))
            .with_context(|| format!("cannot copy {name}"))?;
    }
    match captured(Command::new("npm").arg("ci").arg("--prefix").arg(&folder)) {
        Ok(_) => Ok(None),
        Err(error) => {
            println!("── npm: LEFT OUT: {error:#}");
            // What is half there must not pass for installed.
            fs::remove_dir_all(&folder).context("cannot remove the half-made packages")?;
            Ok(Some(left_out("npm cannot install them")))
        }
    }
}

/// Where the tests record their exchanges with AWS; what was recorded before goes, and what
/// Terraform ran with.
pub(crate) fn fresh_exchanges() -> Result<(&'static str, PathBuf)> {
    let folder = checkout::path(EXCHANGES);
    if folder.exists() {
        fs::remove_dir_all(&folder).context("cannot remove the old exchanges")?;
    }
    fs::create_dir_all(&folder)?;
    let terraform = checkout::path(TERRAFORM);
    if terraform.exists() {
        fs::remove_file(terraform).context("cannot remove what Terraform ran with before")?;
    }
    Ok(("SPOTMANAGER_EXCHANGES", folder))
}

/// Holds what the tests recorded against AWS's own service models.
pub(crate) fn check_exchanges() -> Result<()> {
    let python = |arguments: &[&str]| {
        let mut python = Command::new(tools::path("python"));
        python.args(arguments);
        python
    };
    run(
        "engines: the check against AWS's service models can fail",
        &mut python(&["-m", "unittest", "discover", "-s", "tools/service_models"]),
    )?;
    run(
        "engines: every exchange of the tests against AWS's service models",
        python(&["tools/service_models"]).arg(checkout::path(EXCHANGES)),
    )
}

/// Why Terraform was left out of the tests that ran, if so.
pub(crate) fn terraform_left_out() -> Option<String> {
    let said = fs::read_to_string(checkout::path(TERRAFORM)).unwrap_or_default();
    match said.trim() {
        "" => Some("Terraform (its tests did not run)".to_owned()),
        said => said
            .strip_prefix("not tested: ")
            .map(|reason| format!("Terraform ({reason})")),
    }
}
