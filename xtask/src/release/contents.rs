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
///
/// The Terraform module reads the state machine's definition where the checkout has it.
const FOLDERS: [&str; 4] = ["docs", "infra", "schemas", "statemachine"];
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
    use std::path::Component;

    use super::*;

    /// Before the paths that the module reads.
    /// See <https://developer.hashicorp.com/terraform/language/expressions/references#filesystem-and-workspace-info>.
    const MODULE: &str = "${path.module}/";

    /// A path of the checkout without `..`.
    fn normal(path: &str) -> String {
        let mut parts = Vec::new();
        for component in Path::new(path).components() {
            match component {
                Component::ParentDir => drop(parts.pop()),
                other => parts.push(other.as_os_str().to_str().unwrap()),
            }
        }
        parts.join("/")
    }

    #[test]
    fn the_archive_has_what_the_terraform_module_reads() {
        let kept: Vec<_> = FOLDERS
            .iter()
            .flat_map(|folder| below(&checkout::path(folder), folder).unwrap())
            .map(|entry| entry.path)
            .collect();
        let mut read = 0;
        for file in below(&checkout::path("infra/terraform"), "infra/terraform").unwrap() {
            if !file.path.ends_with(".tf") {
                continue;
            }
            let text = String::from_utf8(file.content).unwrap();
            for path in text.split(MODULE).skip(1) {
                let path = path.split('"').next().unwrap();
                let path = normal(&format!("infra/terraform/{path}"));
                assert!(kept.contains(&path), "{} reads {path}", file.path);
                read += 1;
            }
        }
        assert!(read > 0, "the module reads no file");
    }

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
