//! What a release is: for each architecture one archive with all that a deployment takes.

mod archive;
mod contents;

use std::{fs, path::PathBuf};

use anyhow::{Context, Result};
use clap::Args;

use self::archive::packed;
use crate::{
    build, checkout,
    package::{self, Architecture, Place},
    tools,
};

const FOLDER: &str = "target/release-archives";
/// The workspace has one version.
const VERSION: &str = env!("CARGO_PKG_VERSION");

/// What is released.
#[derive(Args)]
pub(crate) struct Arguments {
    /// The architectures; may be given several times.
    #[arg(long = "architecture", value_enum, default_values_t = [Architecture::Arm64, Architecture::X86_64])]
    architectures: Vec<Architecture>,
}

/// Builds functions and command for each architecture, and packs the archives with their sums.
pub(crate) fn run_release(arguments: &Arguments) -> Result<()> {
    tools::install()?;
    // Manual pages and completions are the same everywhere: this machine's build writes them.
    build::run_build()?;
    let folder = checkout::path(FOLDER);
    if folder.exists() {
        fs::remove_dir_all(&folder).context("cannot remove the archives before")?;
    }
    fs::create_dir_all(&folder)?;
    let place = Place::here()?;
    for architecture in &arguments.architectures {
        let package = package::package_for(&place, *architecture)?;
        let command = Command::build(&place, *architecture)?;
        let name = format!("spotmanager-{VERSION}-{}", architecture.name());
        let entries = contents::of(&package, &command)?;
        fs::write(
            folder.join(format!("{name}.tar.gz")),
            packed(&name, entries)?,
        )?;
    }
    package::write_checksums(&folder)?;
    println!("── {FOLDER} holds the release");
    Ok(())
}

/// The `spotmanager` command, built for an architecture.
#[derive(Debug)]
struct Command {
    binary: PathBuf,
    /// Its bill of materials.
    sbom: String,
}

impl Command {
    fn build(place: &Place, architecture: Architecture) -> Result<Self> {
        Ok(Self {
            binary: place.build("spotmanager-cli", "spotmanager", architecture)?,
            sbom: package::sbom_of(place, "cli", architecture)?,
        })
    }
}
