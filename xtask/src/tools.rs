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

/// Installs what `tools/requirements.txt` pins, unless that is there already.
pub(crate) fn install() -> Result<()> {
    install_into(Path::new(FOLDER), PINNED)
}

/// Installs what the 2016 original needs into an environment of its own, and gives its Python.
pub(crate) fn install_original() -> Result<PathBuf> {
    let folder = Path::new(FOLDER).with_file_name("original");
    install_into(&folder, "bench/original/requirements.txt")?;
    Ok(folder.join("bin").join("python"))
}

/// Installs what a file pins, unless that is there already. The stamp is written last, so what
/// broke off is made anew.
fn install_into(folder: &Path, pins: &str) -> Result<()> {
    let pinned = fs::read_to_string(checkout::path(pins)).context("cannot read the pins")?;
    if fs::read_to_string(folder.join(STAMP)).is_ok_and(|stamp| stamp == pinned) {
        return Ok(());
    }
    let spinner = ProgressBar::new_spinner().with_message(format!(
        "installing {} into {}",
        pinned.split_whitespace().collect::<Vec<_>>().join(", "),
        folder.display()
    ));
    spinner.enable_steady_tick(Duration::from_millis(100));
    if folder.exists() {
        fs::remove_dir_all(folder).context("cannot remove what was installed before")?;
    }
    quietly(Command::new("python3").args(["-m", "venv"]).arg(folder))?;
    quietly(
        Command::new(folder.join("bin").join("python"))
            .args(["-m", "pip", "install", "--disable-pip-version-check"])
            .arg("--requirement")
            .arg(checkout::path(pins)),
    )?;
    fs::write(folder.join(STAMP), pinned)?;
    spinner.finish_and_clear();
    println!("── installed into {}", folder.display());
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
