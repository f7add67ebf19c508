//! What building the functions takes, where `cargo xtask bench --builds` measured it.

use std::{fs, path::Path};

use anyhow::Result;
use serde::Deserialize;

/// All functions, built for release from nothing.
#[derive(Clone, Copy, Debug, PartialEq, Deserialize)]
pub(crate) struct Builds {
    pub(crate) seconds: f64,
    /// The most memory of any one process of it.
    pub(crate) peak_mib: f64,
}

/// Reads what was measured; nothing where it was not.
pub(crate) fn read(file: &Path) -> Result<Option<Builds>> {
    if !file.exists() {
        return Ok(None);
    }
    Ok(Some(serde_json::from_str(&fs::read_to_string(file)?)?))
}
