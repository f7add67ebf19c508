//! Packages of the development build, which a local AWS runs on this machine.

use std::{env, fs};

use anyhow::Result;
use spotmanager_artifacts::{Compression, FUNCTIONS, packed};

use super::{checksums, laid_out};
use crate::build;

const FOLDER: &str = "target/package-dev";

/// Builds the functions as the demo does, and packs them as they are.
pub(super) fn package() -> Result<()> {
    build::run_build()?;
    let folder = laid_out(FOLDER)?;
    // Cargo puts all binaries of the workspace beside each other.
    let this = env::current_exe()?;
    for function in FUNCTIONS {
        let binary = this.with_file_name(format!("spotmanager-{function}"));
        let zip = packed([("bootstrap", binary)], Compression::Stored)?;
        fs::write(folder.join(format!("{function}.zip")), zip)?;
    }
    checksums::write(&folder)?;
    println!("── {FOLDER} holds what a local AWS runs");
    Ok(())
}
