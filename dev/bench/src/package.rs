//! How large the zip files are that are deployed.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use spotmanager_artifacts::{Compression, packed};

use crate::subject::{ORIGINAL, Subjects};

/// The original's files, beside boto3, which is part of Lambda's Python runtime.
const ORIGINALS: [&str; 3] = ["groups.py", "prices.py", "spotmanager.py"];

/// The size of each package, and of what would be one, bytes.
pub(crate) fn measure(subjects: &Subjects, original: &Path) -> Result<Vec<(&'static str, usize)>> {
    let mut sizes = Vec::new();
    for subject in subjects.all() {
        if subject.name != ORIGINAL {
            let program = subject.program.clone();
            sizes.push((subject.name, size([("bootstrap", program)])?));
        }
    }
    let files = ORIGINALS.map(|name| (name, original.join(name)));
    sizes.push((ORIGINAL, size(files)?));
    Ok(sizes)
}

fn size<const N: usize>(files: [(&str, PathBuf); N]) -> Result<usize> {
    let zip = packed(files, Compression::Smallest).context("a package cannot be made")?;
    Ok(zip.len())
}
