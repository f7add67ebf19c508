//! The tools from PyPI, in a virtual environment inside the checkout.

use std::{
    env,
    ffi::OsString,
    fs,
    path::{Path, PathBuf},
    process::{Command, Stdio},
    time::Duration,
};

use anyhow::{Context, Result, bail};
use indicatif::ProgressBar;

use crate::checkout;

const PINNED: &str = "tools/requirements.txt";
/// Holds what was pinned when the environment was made.
const STAMP: &str = "installed.txt";
const FOLDER: &str = env!("SPOTMANAGER_TOOLS");

/// The executable of a tool.
pub(crate) fn path(tool: &str) -> PathBuf {
    Path::new(FOLDER).join("bin").join(tool)
}

/// A PATH on which the tools find each other: cargo-lambda looks for zig there.
pub(crate) fn with_path() -> Result<OsString> {
    let path = env::var_os("PATH").unwrap_or_default();
    let tools = Path::new(FOLDER).join("bin");
    Ok(env::join_paths(
        std::iter::once(tools).chain(env::split_paths(&path)),
    )?)
}

/// Installs what `tools/requirements.txt` pins, unless that is there already. The stamp is
/// written last, so what broke off is made anew.
pub(crate) fn install() -> Result<()> {
    let folder = Path::new(FOLDER);
    let pinned = fs::read_to_string(checkout::path(PINNED)).context("cannot read the pins")?;
    if fs::read_to_string(folder.join(STAMP)).is_ok_and(|stamp| stamp == pinned) {
        return Ok(());
    }
    let spinner = ProgressBar::new_spinner().with_message(format!(
        "installing {} into {FOLDER}",
        pinned.split_whitespace().collect::<Vec<_>>().join(", ")
    ));
    spinner.enable_steady_tick(Duration::from_millis(100));
    if folder.exists() {
        fs::remove_dir_all(folder).context("cannot remove the old tools")?;
    }
    quietly(Command::new("python3").args(["-m", "venv"]).arg(folder))?;
    quietly(
        Command::new(path("python"))
            .args(["-m", "pip", "install", "--disable-pip-version-check"])
            .arg("--requirement")
            .arg(checkout::path(PINNED)),
    )?;
    fs::write(folder.join(STAMP), pinned)?;
    spinner.finish_and_clear();
    println!("── tools installed into {FOLDER}");
    Ok(())
}

/// Runs a program whose output matters only when it fails.
fn quietly(command: &mut Command) -> Result<()> {
    let output = command
        .stdin(Stdio::null())
        .output()
        .with_context(|| format!("cannot run {command:?}; is Python 3 with venv installed?"))?;
    if !output.status.success() {
        bail!(
            "{command:?} failed: {}{}",
            String::from_utf8_lossy(&output.stdout),
            String::from_utf8_lossy(&output.stderr)
        );
    }
    Ok(())
}
