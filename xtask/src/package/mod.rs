//! What is deployed to a real account, laid out as the templates expect it in a bucket.

mod architecture;
mod checksums;
mod development;
mod difference;
mod elsewhere;
mod linked;
mod machine;
mod place;
mod possible;
mod sbom;

use std::{
    fs,
    path::{Path, PathBuf},
};

use anyhow::{Context, Result};
use clap::Args;
use spotmanager_artifacts::{BOOTSTRAP, Compression, FUNCTIONS, lay_out, needed_glibc, packed};

pub(crate) use self::{
    architecture::Architecture,
    checksums::{Notes, write as write_checksums},
    machine::Machine,
    place::{BUILT_AT, Place},
    possible::possible,
    sbom::of as sbom_of,
};
use self::{difference::expect_none, elsewhere::Elsewhere};
use crate::{checkout, tools};

const FOLDER: &str = "target/package";

/// What is packaged.
#[derive(Args)]
pub(crate) struct Arguments {
    /// The functions; all where none is named.
    #[arg(value_name = "FUNCTION", value_parser = FUNCTIONS)]
    functions: Vec<String>,
    /// The architecture, as the template's parameter has it.
    #[arg(long, value_enum, default_value_t = Architecture::X86_64)]
    architecture: Architecture,
    /// Packs the development build, for this machine and its local AWS, into target/package-dev.
    #[arg(long, conflicts_with_all = ["functions", "architecture", "check"])]
    dev: bool,
    /// Builds HEAD a second time, elsewhere, and fails where a byte differs.
    #[arg(long)]
    check: bool,
}

/// Builds the functions with cargo-lambda and puts all files of a deployment into one folder.
pub(crate) fn run_package(arguments: &Arguments) -> Result<()> {
    if arguments.dev {
        return development::package();
    }
    arguments.architecture.expect_buildable()?;
    tools::install()?;
    let here = Place::here()?;
    // Before the first build, which takes minutes: it fails when something is not committed.
    let elsewhere = arguments
        .check
        .then(|| Elsewhere::with_head_of(&here))
        .transpose()?;
    let folder = laid_out(FOLDER)?;
    let mut notes = Notes::new();
    for function in chosen(&arguments.functions) {
        let package = Package::of(&here, function, arguments.architecture)?;
        package.write(function, &folder, &mut notes)?;
        if let Some(Elsewhere { place, .. }) = &elsewhere {
            let again = Package::of(place, function, arguments.architecture)?;
            package.expect_same(function, &again)?;
            println!("── {function}: two builds, the same bytes");
        }
    }
    checksums::write(&folder, &notes)?;
    println!("── {FOLDER} holds what goes into the bucket: aws s3 sync {FOLDER} s3://BUCKET/");
    Ok(())
}

/// The functions of these names, in their own order; all if none is named.
pub(crate) fn chosen(named: &[String]) -> impl Iterator<Item = &'static str> {
    FUNCTIONS
        .into_iter()
        .filter(|function| named.is_empty() || named.iter().any(|name| name == function))
}

/// Makes the packages of functions for an architecture, and says which folder holds them.
pub(crate) fn package_for(
    place: &Place,
    functions: impl IntoIterator<Item = &'static str>,
    architecture: Architecture,
) -> Result<PathBuf> {
    let folder = laid_out(&format!("{FOLDER}-{}", architecture.name()))?;
    let mut notes = Notes::new();
    for function in functions {
        Package::of(place, function, architecture)?.write(function, &folder, &mut notes)?;
    }
    checksums::write(&folder, &notes)?;
    Ok(folder)
}

/// The folder, anew, with all that is in it beside the functions.
fn laid_out(folder: &str) -> Result<PathBuf> {
    let folder = emptied(folder)?;
    lay_out(&checkout::path("."), &folder)?;
    Ok(folder)
}

/// The folder, anew.
fn emptied(folder: &str) -> Result<PathBuf> {
    let folder = checkout::path(folder);
    if folder.exists() {
        fs::remove_dir_all(&folder).context("cannot remove the packages before")?;
    }
    fs::create_dir_all(&folder)?;
    Ok(folder)
}

/// What is made of a function.
struct Package {
    binary: PathBuf,
    zip: Vec<u8>,
    sbom: String,
    /// What it needs of the runtime.
    needs: String,
}

impl Package {
    fn of(place: &Place, function: &str, architecture: Architecture) -> Result<Self> {
        let name = format!("spotmanager-{function}");
        let binary = place.build(&name, &name, architecture)?;
        let needs = match needed_glibc(function, &fs::read(&binary)?)? {
            Some(glibc) => format!("needs glibc {glibc}"),
            None => "needs no glibc".to_owned(),
        };
        Ok(Self {
            needs,
            zip: packed([(BOOTSTRAP, binary.clone())], Compression::Smallest)?,
            sbom: sbom::of(place, function, architecture)?,
            binary,
        })
    }

    fn write(&self, function: &str, folder: &Path, notes: &mut Notes) -> Result<()> {
        let zip = format!("{function}.zip");
        fs::write(folder.join(&zip), &self.zip)?;
        notes.insert(zip, self.needs.clone());
        let sbom = folder.join(format!("{function}.cdx.json"));
        fs::write(&sbom, &self.sbom)?;
        sbom::validate(&sbom)
    }

    /// The binary first, in which a difference can be read.
    fn expect_same(&self, function: &str, again: &Self) -> Result<()> {
        let (binary, binary_again) = (fs::read(&self.binary)?, fs::read(&again.binary)?);
        expect_none(function, &binary, &binary_again)?;
        expect_none(&format!("{function}.zip"), &self.zip, &again.zip)?;
        expect_none(
            &format!("{function}.cdx.json"),
            self.sbom.as_bytes(),
            again.sbom.as_bytes(),
        )
    }
}
