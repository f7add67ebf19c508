//! What lies in an archive.

use std::{env, fs, path::Path, process};

use anyhow::{Context, Result};
use walkdir::WalkDir;

use super::{Command, archive::Entry};
use crate::{checkout, run::captured};

/// Files of the checkout as they are.
const FILES: [&str; 5] = [
    "CHANGELOG.md",
    "LICENSE",
    "README.md",
    "SECURITY.md",
    "CONTRIBUTING.md",
];
/// Folders of the checkout as they are.
const FOLDERS: [&str; 3] = ["docs", "infra", "schemas"];
const SHELLS: [&str; 5] = ["bash", "elvish", "fish", "powershell", "zsh"];

/// The packages as `spotmanager deploy --package package` takes them, the command with its manual
/// pages and completions, the templates, the Terraform module and the documentation.
pub(super) fn of(package: &Path, command: &Command) -> Result<Vec<Entry>> {
    let mut entries = vec![
        Entry::program("bin/spotmanager", fs::read(&command.binary)?),
        Entry::file("bin/spotmanager.cdx.json", command.sbom.as_str()),
    ];
    entries.extend(below(package, "package")?);
    entries.extend(manual_pages()?);
    for shell in SHELLS {
        let script = captured(spotmanager()?.args(["completions", shell]))?;
        entries.push(Entry::file(
            format!("completions/spotmanager.{shell}"),
            script,
        ));
    }
    for file in FILES {
        entries.push(Entry::file(file, fs::read(checkout::path(file))?));
    }
    for folder in FOLDERS {
        entries.extend(below(&checkout::path(folder), folder)?);
    }
    Ok(entries)
}

fn manual_pages() -> Result<Vec<Entry>> {
    let folder = tempfile::tempdir()?;
    captured(spotmanager()?.args(["man", "--dir"]).arg(folder.path()))?;
    below(folder.path(), "man/man1")
}

/// The command of this machine's development build.
fn spotmanager() -> Result<process::Command> {
    // Cargo puts all binaries of the workspace beside each other.
    let program = env::current_exe()?.with_file_name("spotmanager");
    Ok(process::Command::new(program))
}

/// Every file of a folder, at any depth, under another folder's name.
fn below(folder: &Path, name: &str) -> Result<Vec<Entry>> {
    let mut entries = Vec::new();
    for found in WalkDir::new(folder) {
        let found = found?;
        if found.file_type().is_file() {
            let path = found.path().strip_prefix(folder)?;
            let path = path.to_str().context("a file's name is no text")?;
            let content = fs::read(found.path())?;
            entries.push(Entry::file(format!("{name}/{path}"), content));
        }
    }
    Ok(entries)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_named_is_in_the_checkout() {
        for file in FILES {
            assert!(checkout::path(file).is_file(), "{file}");
        }
        for folder in FOLDERS {
            assert!(!below(&checkout::path(folder), folder).unwrap().is_empty());
        }
    }

    #[test]
    fn files_at_any_depth_are_found_under_the_other_name() {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir(folder.path().join("deep")).unwrap();
        fs::write(folder.path().join("deep").join("file"), "content").unwrap();
        let found = below(folder.path(), "docs").unwrap();
        assert_eq!(found, [Entry::file("docs/deep/file", "content")]);
    }
}
