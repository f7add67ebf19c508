//! A folder in which `terraform` runs, with a root module and a copy of the module.

use std::{fs, path::Path, process::Stdio, time::Duration};

use anyhow::{Context, Result, ensure};
use serde_json::Value;
use spotmanager_testbed::Checkout;
use tempfile::TempDir;
use tokio::{process::Command, time::timeout};

use crate::engine::{Engine, text};

/// What one command may take; the longest takes about a minute, in which the provider waits.
const PATIENCE: Duration = Duration::from_secs(600);
/// What the module reads, of the folders in a release archive.
const FOLDERS: [&str; 2] = ["infra/terraform", "statemachine"];

/// The folder, and how `terraform` runs in it.
pub(crate) struct Workspace {
    folder: TempDir,
    engine: Engine,
    environment: Vec<(String, String)>,
}

/// What a command printed, and its exit code.
pub(crate) struct Ran {
    code: Option<i32>,
    pub(crate) out: String,
    pub(crate) printed: String,
}

impl Workspace {
    /// Lays the folder out with this root module, and installs the provider from its mirror.
    pub(crate) async fn new(
        checkout: &Checkout,
        engine: &Engine,
        root: &str,
        environment: Vec<(String, String)>,
    ) -> Result<Self> {
        let folder = tempfile::tempdir()?;
        let path = folder.path();
        for from in FOLDERS {
            let to = path.join("spotmanager").join(from);
            copy(&checkout.root().join(from), &to)?;
        }
        let mirror = engine.mirror.display().to_string();
        let configuration = format!(
            "provider_installation {{\n  filesystem_mirror {{\n    path = {mirror:?}\n  }}\n}}\n"
        );
        let provider = text(engine.provider);
        let versions = format!(
            "terraform {{\n  required_providers {{\n    aws = {{\n      source  = \"hashicorp/aws\"\n      version = \"{provider}\"\n    }}\n  }}\n}}\n"
        );
        fs::write(path.join("terraform.rc"), configuration)?;
        fs::write(path.join("versions.tf"), versions)?;
        fs::write(path.join("main.tf"), root)?;
        let workspace = Self {
            folder,
            engine: engine.clone(),
            environment,
        };
        workspace.expect(&["init"]).await?;
        Ok(workspace)
    }

    /// Runs a command, which must succeed.
    pub(crate) async fn expect(&self, arguments: &[&str]) -> Result<Ran> {
        let ran = self.run(arguments).await?;
        ensure!(
            ran.code == Some(0),
            "terraform {arguments:?} ended with {:?}:\n{}",
            ran.code,
            ran.printed
        );
        Ok(ran)
    }

    /// Runs a command, which must fail and say so with this text.
    pub(crate) async fn expect_error(&self, arguments: &[&str], error: &str) -> Result<()> {
        let ran = self.run(arguments).await?;
        // What is printed for people is wrapped.
        let words: Vec<_> = ran.printed.split(['\n', ' ', '│']).collect();
        let printed = words.into_iter().filter(|word| !word.is_empty());
        let printed = printed.collect::<Vec<_>>().join(" ");
        ensure!(
            ran.code == Some(1) && printed.contains(error),
            "terraform {arguments:?} ended with {:?} and without {error:?}:\n{}",
            ran.code,
            ran.printed
        );
        Ok(())
    }

    /// Runs a command that prints JSON.
    pub(crate) async fn json(&self, arguments: &[&str]) -> Result<Value> {
        let ran = self.expect(arguments).await?;
        serde_json::from_str(&ran.out).with_context(|| format!("no JSON: {}", ran.printed))
    }

    async fn run(&self, arguments: &[&str]) -> Result<Ran> {
        let folder = self.folder.path();
        let ran = Command::new(&self.engine.terraform)
            .args(arguments)
            .current_dir(folder)
            // Neither this machine's configuration of AWS nor Terraform's counts.
            .env_clear()
            .envs(self.environment.iter().cloned())
            .env("PATH", "/usr/bin:/bin")
            .env("HOME", folder)
            .env("TF_CLI_CONFIG_FILE", folder.join("terraform.rc"))
            .env("TF_CLI_ARGS", "-no-color")
            .env("TF_IN_AUTOMATION", "1")
            .env("TF_INPUT", "0")
            .env("CHECKPOINT_DISABLE", "1")
            .env("AWS_EC2_METADATA_DISABLED", "true")
            .stdin(Stdio::null())
            .kill_on_drop(true)
            .output();
        let ran = timeout(PATIENCE, ran).await;
        let ran = ran.with_context(|| format!("terraform {arguments:?} took {PATIENCE:?}"))??;
        let out = String::from_utf8(ran.stdout)?;
        let printed = format!("{out}{}", String::from_utf8_lossy(&ran.stderr));
        Ok(Ran {
            code: ran.status.code(),
            out,
            printed,
        })
    }
}

fn copy(from: &Path, to: &Path) -> Result<()> {
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        if entry.file_type()?.is_file() {
            fs::copy(entry.path(), to.join(entry.file_name()))?;
        }
    }
    Ok(())
}
