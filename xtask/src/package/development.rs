//! Packages of the development build, which a local AWS runs on this machine.

use std::env;

use anyhow::Result;
use spotmanager_artifacts::write_as_built;

use super::{Notes, checksums, emptied};
use crate::{build, checkout};

const FOLDER: &str = "target/package-dev";

/// Builds the functions as the demo does, and packs them as they are.
pub(super) fn package() -> Result<()> {
    build::run_build()?;
    let folder = emptied(FOLDER)?;
    // Cargo puts all binaries of the workspace beside each other.
    let this = env::current_exe()?;
    let binary = |function: &str| this.with_file_name(format!("spotmanager-{function}"));
    write_as_built(&checkout::path("."), binary, &folder)?;
    checksums::write(&folder, &Notes::new())?;
    println!("── {FOLDER} holds what a local AWS runs");
    Ok(())
}
