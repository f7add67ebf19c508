//! What is deployed, as it lies in a folder.

use std::{collections::BTreeMap, fs, path::Path};

use anyhow::{Context, Result};
use sha2::{Digest, Sha256};
use spotmanager_artifacts::{CHECKSUMS, FILES, FUNCTIONS, TEMPLATE, architecture, checksums};
use spotmanager_domain::SettingError;

/// The packages, the state machine and the templates.
#[derive(Debug)]
pub(super) struct Package {
    /// SpotManager's template.
    pub(super) template: String,
    /// Every file by its key in the bucket.
    pub(super) files: Vec<(String, Vec<u8>)>,
    /// What the functions were built for, as the parameter has it.
    pub(super) architecture: &'static str,
    /// Whether each file is the one that the folder's checksums name.
    is_checked: bool,
}

impl Package {
    /// Reads the folder.
    ///
    /// # Errors
    /// When a file is missing or is not the one that was packaged, or the functions were built for
    /// several architectures.
    pub(super) fn read(folder: &Path) -> Result<Self> {
        let sums = Sums::read(folder)?;
        let read = |name: &str| {
            let path = folder.join(name);
            let content = fs::read(&path).with_context(|| {
                format!(
                    "cannot read {}; `cargo xtask package` makes the folder, and a release has it",
                    path.display()
                )
            })?;
            sums.check(folder, name, &content)?;
            anyhow::Ok(content)
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
        let template = String::from_utf8(read(TEMPLATE)?)
            .with_context(|| format!("{TEMPLATE} is not a text"))?;
        Ok(Self {
            template,
            files,
            architecture: built_for.ok_or_else(|| several_architectures(folder))?,
            is_checked: sums.0.is_some(),
        })
    }

    /// What is said of a folder without checksums.
    pub(super) fn unchecked(&self, folder: &Path) -> Option<String> {
        (!self.is_checked).then(|| {
            format!(
                "{} has no {CHECKSUMS}, so its files are taken as they are; `cargo xtask package` writes one",
                folder.display()
            )
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
        format!("{before}{}/", hexadecimal(&hash.finalize()[..8]))
    }
}

/// The sums in the folder, if it has any: one that was laid out without `cargo xtask package` has
/// none.
#[derive(Debug)]
struct Sums(Option<BTreeMap<String, String>>);

impl Sums {
    fn read(folder: &Path) -> Result<Self> {
        let path = folder.join(CHECKSUMS);
        if !path.exists() {
            return Ok(Self(None));
        }
        let text = fs::read_to_string(&path);
        let text = text.with_context(|| format!("cannot read {}", path.display()))?;
        let sums = checksums(&text).map_err(|line| {
            let found = format!("{}, which has the line {line}", path.display());
            SettingError::new(
                "--package",
                found,
                "a folder with a SHA-256 and a name in each line",
            )
        })?;
        Ok(Self(Some(sums)))
    }

    fn check(&self, folder: &Path, name: &str, content: &[u8]) -> Result<(), SettingError> {
        let Some(sums) = &self.0 else {
            return Ok(());
        };
        let found = hexadecimal(&Sha256::digest(content));
        let problem = match sums.get(name) {
            Some(sum) if *sum == found => return Ok(()),
            Some(sum) => format!("whose {name} has the SHA-256 {found}, not {sum}"),
            None => format!("whose {CHECKSUMS} does not name {name}"),
        };
        Err(SettingError::new(
            "--package",
            format!("{}, {problem}", folder.display()),
            format!("a folder whose files are those of its {CHECKSUMS}; package again"),
        ))
    }
}

fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
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
            is_checked: true,
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

    #[test]
    fn a_file_that_is_not_the_one_that_was_packaged_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let folder = folder.path();
        // <https://csrc.nist.gov/projects/cryptographic-standards-and-guidelines/example-values>
        let abc = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
        assert!(Sums::read(folder).unwrap().check(folder, "x", b"x").is_ok());
        fs::write(folder.join(CHECKSUMS), format!("{abc}  start.zip\n")).unwrap();
        let sums = Sums::read(folder).unwrap();
        assert!(sums.check(folder, "start.zip", b"abc").is_ok());
        for (name, content, told) in [
            ("start.zip", &b"abd"[..], abc),
            ("scale.zip", b"abc", "does not name scale.zip"),
        ] {
            let refused = sums.check(folder, name, content).unwrap_err().to_string();
            for part in ["--package", name, told] {
                assert!(refused.contains(part), "{part} in {refused}");
            }
        }
        fs::write(folder.join(CHECKSUMS), "start.zip\n").unwrap();
        let refused = Sums::read(folder).unwrap_err().to_string();
        assert!(refused.contains("has the line start.zip"), "{refused}");
    }
}
