//! What is deployed, as it lies in a folder.

use std::{fs, path::Path};

use anyhow::{Context, Result};
use sha2::{Digest, Sha256};
use spotmanager_artifacts::{FILES, FUNCTIONS, TEMPLATE, architecture};
use spotmanager_contract::SettingError;

/// The packages, the state machine and the templates.
#[derive(Debug)]
pub(super) struct Package {
    /// SpotManager's template.
    pub(super) template: String,
    /// Every file by its key in the bucket.
    pub(super) files: Vec<(String, Vec<u8>)>,
    /// What the functions were built for, as the parameter has it.
    pub(super) architecture: &'static str,
}

impl Package {
    /// Reads the folder.
    ///
    /// # Errors
    /// When a file is missing, or the functions were built for several architectures.
    pub(super) fn read(folder: &Path) -> Result<Self> {
        let read = |name: &str| {
            let path = folder.join(name);
            fs::read(&path).with_context(|| {
                format!(
                    "cannot read {}; `cargo xtask package` makes the folder, and a release has it",
                    path.display()
                )
            })
        };
        let mut files = Vec::new();
        let mut built_for = None;
        for function in FUNCTIONS {
            let key = format!("{function}.zip");
            let zip = read(&key)?;
            let own = architecture(&zip).with_context(|| format!("cannot use {key}"))?;
            if *built_for.get_or_insert(own) != own {
                return Err(several_architectures(folder).into());
            }
            files.push((key, zip));
        }
        for (key, _) in FILES {
            files.push((key.to_owned(), read(key)?));
        }
        let template =
            String::from_utf8(read(TEMPLATE)?).with_context(|| format!("{TEMPLATE} is no text"))?;
        Ok(Self {
            template,
            files,
            architecture: built_for.ok_or_else(|| several_architectures(folder))?,
        })
    }

    /// What precedes the keys: another for other content, for CloudFormation does not look into a
    /// bucket.
    pub(super) fn prefix(&self, before: &str) -> String {
        let mut hash = Sha256::new();
        for (key, content) in &self.files {
            hash.update(key);
            hash.update(content.len().to_be_bytes());
            hash.update(content);
        }
        let digest = hash.finalize();
        let short: String = digest[..8]
            .iter()
            .map(|byte| format!("{byte:02x}"))
            .collect();
        format!("{before}{short}/")
    }
}

fn several_architectures(folder: &Path) -> SettingError {
    SettingError::new(
        "--package",
        folder.display(),
        "a folder whose functions were all built for one architecture",
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn package(content: &[u8]) -> Package {
        Package {
            template: String::new(),
            files: vec![("start.zip".into(), content.to_vec())],
            architecture: "x86_64",
        }
    }

    #[test]
    fn other_content_has_another_prefix() {
        let prefix = package(b"one").prefix("v/");
        assert_eq!(prefix, package(b"one").prefix("v/"));
        assert_ne!(prefix, package(b"two").prefix("v/"));
        assert!(
            prefix.starts_with("v/") && prefix.ends_with('/'),
            "{prefix}"
        );
        assert_eq!(prefix.len(), "v/".len() + 16 + 1);
    }

    #[test]
    fn a_folder_without_a_package_says_what_makes_one() {
        let folder = tempfile::tempdir().unwrap();
        let refused = format!("{:#}", Package::read(folder.path()).unwrap_err());
        for part in ["start.zip", "cargo xtask package"] {
            assert!(refused.contains(part), "{part} in {refused}");
        }
    }
}
