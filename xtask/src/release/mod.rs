//! What a release is: for each architecture one archive with all that a deployment takes.

mod archive;
mod contents;

use std::{fs, path::PathBuf};

use anyhow::{Context, Result};
use clap::Args;
use spotmanager_artifacts::FUNCTIONS;

use self::archive::packed;
use crate::{
    build, checkout,
    package::{self, Architecture, Notes, Place, possible},
    tools,
};

const FOLDER: &str = "target/release-archives";
/// The workspace has one version.
const VERSION: &str = env!("CARGO_PKG_VERSION");

/// What is released.
#[derive(Args)]
pub(crate) struct Arguments {
    /// The architectures; may be given several times. All that this machine can build for if none
    /// is given.
    #[arg(long = "architecture", value_enum)]
    architectures: Vec<Architecture>,
}

/// Builds functions and command for each architecture, and packs the archives with their sums.
pub(crate) fn run_release(arguments: &Arguments) -> Result<()> {
    let (architectures, left_out) = possible(&arguments.architectures, |architecture| {
        architecture.expect_buildable()
    })?;
    tools::install()?;
    // Manual pages and completions are the same everywhere: this machine's build writes them.
    build::run_build()?;
    let folder = checkout::path(FOLDER);
    if folder.exists() {
        fs::remove_dir_all(&folder).context("cannot remove the archives before")?;
    }
    fs::create_dir_all(&folder)?;
    let place = Place::here()?;
    for architecture in architectures {
        let package = package::package_for(&place, FUNCTIONS, architecture)?;
        let command = Command::build(&place, architecture)?;
        let name = format!("spotmanager-{VERSION}-{}", architecture.name());
        let entries = contents::of(&package, &command)?;
        fs::write(
            folder.join(format!("{name}.tar.gz")),
            packed(&name, entries)?,
        )?;
    }
    package::write_checksums(&folder, &Notes::new())?;
    println!("── {FOLDER} holds the release{left_out}");
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
