//! The folder that a deployment is taken from.

use std::{
    fs,
    path::{Path, PathBuf},
};

use anyhow::{Context, Result};

use crate::{Compression, FILES, FUNCTIONS, TEMPLATE, packed};

/// Copies all that lies beside the functions' packages from a checkout into a folder.
///
/// # Errors
/// When a file cannot be copied.
pub fn lay_out(checkout: &Path, folder: &Path) -> Result<()> {
    let template = format!("infra/{TEMPLATE}");
    for (name, path) in FILES.into_iter().chain([(TEMPLATE, template.as_str())]) {
        fs::copy(checkout.join(path), folder.join(name))
            .with_context(|| format!("cannot copy {path}"))?;
    }
    Ok(())
}

/// Lays the folder out with the functions as they are built, which a local AWS runs on this
/// machine; `binary` tells where a function's lies.
///
/// # Errors
/// When a file is missing or cannot be written.
pub fn write_as_built(
    checkout: &Path,
    binary: impl Fn(&str) -> PathBuf,
    folder: &Path,
) -> Result<()> {
    for function in FUNCTIONS {
        let zip = packed([("bootstrap", binary(function))], Compression::Stored)?;
        fs::write(folder.join(format!("{function}.zip")), zip)?;
    }
    lay_out(checkout, folder)
}
