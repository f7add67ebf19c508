//! A second place with the same sources: another checkout, another cargo home, another target
//! folder.

use std::{fs, os::unix::fs::symlink, process::Command};

use anyhow::{Context, Result, ensure};
use tempfile::TempDir;

use super::place::Place;
use crate::run::captured;

/// A clone of HEAD, and a cargo home whose entries are links. It goes when this is dropped.
#[derive(Debug)]
pub(crate) struct Elsewhere {
    pub(crate) place: Place,
    _folder: TempDir,
}

impl Elsewhere {
    /// Clones what is committed; what is not would differ.
    pub(crate) fn with_head_of(here: &Place) -> Result<Self> {
        let git = || {
            let mut git = Command::new("git");
            git.current_dir(&here.root);
            git
        };
        let changes = captured(git().args(["status", "--porcelain"]))?;
        ensure!(
            changes.is_empty(),
            "what is built a second time is HEAD, so commit this first:\n{changes}"
        );
        let folder = tempfile::tempdir().context("no folder for a second checkout")?;
        let within = fs::canonicalize(folder.path())?;
        let place = Place {
            root: within.join("another").join("checkout"),
            cargo_home: within.join("cargo-home"),
        };
        captured(git().args(["clone", "--quiet", "."]).arg(&place.root))?;
        fs::create_dir(&place.cargo_home)?;
        for entry in fs::read_dir(&here.cargo_home)? {
            let entry = entry?;
            symlink(entry.path(), place.cargo_home.join(entry.file_name()))?;
        }
        Ok(Self {
            place,
            _folder: folder,
        })
    }
}
