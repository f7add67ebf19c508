//! What is deployed to a real account, laid out as the templates expect it in a bucket.

use std::{fs, process::Command};

use anyhow::{Context, Result};
use clap::ValueEnum;

use crate::{checkout, run::run, tools};

pub(crate) const FUNCTIONS: [&str; 5] = ["start", "discover", "evaluate", "scale", "verify"];
const FOLDER: &str = "target/package";

/// The architecture of the functions, in the words of the template's parameter.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub(crate) enum Architecture {
    /// AWS Graviton.
    #[value(name = "arm64")]
    Arm64,
    /// Intel and AMD.
    #[value(name = "x86_64")]
    X86_64,
}

/// Builds the functions with cargo-lambda and puts all files of a deployment into one folder.
pub(crate) fn run_package(architecture: Architecture) -> Result<()> {
    tools::install()?;
    let architecture = match architecture {
        Architecture::Arm64 => "--arm64",
        Architecture::X86_64 => "--x86-64",
    };
    let mut cargo_lambda = Command::new(tools::path("cargo-lambda"));
    cargo_lambda
        .env("PATH", tools::with_path()?)
        .args([
            "lambda",
            "build",
            "--release",
            "--locked",
            "--output-format",
            "zip",
        ])
        .arg(architecture);
    for function in FUNCTIONS {
        cargo_lambda
            .arg("--package")
            .arg(format!("spotmanager-{function}"));
    }
    run("build: cargo lambda build", &mut cargo_lambda)?;
    let folder = checkout::path(FOLDER);
    fs::create_dir_all(&folder)?;
    let built = |function| format!("target/lambda/spotmanager-{function}/bootstrap.zip");
    let zips = FUNCTIONS.map(|function| (built(function), format!("{function}.zip")));
    let others = [
        ("statemachine/spotmanager.asl.json", "spotmanager.asl.json"),
        ("infra/workers.yaml", "workers.yaml"),
    ]
    .map(|(from, to)| (from.to_owned(), to.to_owned()));
    for (from, to) in zips.into_iter().chain(others) {
        fs::copy(checkout::path(&from), folder.join(to))
            .with_context(|| format!("cannot copy {from}"))?;
    }
    println!("── {FOLDER} holds what goes into the bucket: aws s3 sync {FOLDER} s3://BUCKET/");
    Ok(())
}
