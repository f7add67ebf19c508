//! The tools from PyPI, in virtual environments inside the checkout.

use std::{
    env,
    ffi::OsString,
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use anyhow::{Context, Result};

use crate::{checkout, run::captured};

const PINNED: &str = "tools/requirements.txt";
/// Holds what was pinned when the environment was made.
const STAMP: &str = "installed.txt";
const FOLDER: &str = env!("SPOTMANAGER_TOOLS");
const CHECKOV_PINNED: &str = "tools/checkov.txt";
/// Apart from the others: checkov and ministack want different versions of AWS's SDK.
const CHECKOV_FOLDER: &str = concat!(env!("SPOTMANAGER_TOOLS"), "-checkov");
const ORIGINAL_PINNED: &str = "bench/original/requirements.txt";
/// Apart as well: what the original runs with is what Lambda's Python runtime has.
const ORIGINAL_FOLDER: &str = concat!(env!("SPOTMANAGER_TOOLS"), "-original");

/// The executable of a tool.
pub(crate) fn path(tool: &str) -> PathBuf {
    executable(FOLDER, tool)
}

fn executable(folder: &str, tool: &str) -> PathBuf {
    Path::new(folder).join("bin").join(tool)
}

/// A PATH on which the tools find each other: cargo-lambda looks for zig there.
pub(crate) fn with_path() -> Result<OsString> {
    let path = env::var_os("PATH").unwrap_or_default();
    let tools = Path::new(FOLDER).join("bin");
    Ok(env::join_paths(
        std::iter::once(tools).chain(env::split_paths(&path)),
    )?)
}

/// Installs what demo and tests need.
pub(crate) fn install() -> Result<()> {
    install_into(FOLDER, PINNED)
}

/// Installs checkov, and tells its executable.
pub(crate) fn checkov() -> Result<PathBuf> {
    install_into(CHECKOV_FOLDER, CHECKOV_PINNED)?;
    Ok(executable(CHECKOV_FOLDER, "checkov"))
}

/// Installs what the 2016 original needs, and tells its Python.
pub(crate) fn original() -> Result<PathBuf> {
    install_into(ORIGINAL_FOLDER, ORIGINAL_PINNED)?;
    Ok(executable(ORIGINAL_FOLDER, "python"))
}

/// Installs what a file pins, unless that is there already. The stamp is written last, so what
/// broke off is made anew.
fn install_into(folder: &str, requirements: &str) -> Result<()> {
    let requirements = checkout::path(requirements);
    let pinned = fs::read_to_string(&requirements)
        .with_context(|| format!("cannot read {}", requirements.display()))?;
    let stamp = Path::new(folder).join(STAMP);
    if fs::read_to_string(&stamp).is_ok_and(|installed| installed == pinned) {
        return Ok(());
    }
    println!(
        "── installing {} into {folder}",
        pinned.split_whitespace().collect::<Vec<_>>().join(", ")
    );
    if Path::new(folder).exists() {
        fs::remove_dir_all(folder).context("cannot remove the old tools")?;
    }
    captured(Command::new("python3").args(["-m", "venv"]).arg(folder))
        .context("is Python 3 with venv installed?")?;
    captured(
        Command::new(executable(folder, "python"))
            .args(["-m", "pip", "install", "--disable-pip-version-check"])
            .arg("--requirement")
            .arg(&requirements),
    )?;
    fs::write(stamp, pinned)?;
    println!("── tools installed into {folder}");
    Ok(())
}
