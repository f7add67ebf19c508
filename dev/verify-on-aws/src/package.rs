//! The packages that are deployed, as `cargo xtask package` lays them out.

use std::{
    fs,
    path::{Path, PathBuf},
};

use spotmanager_artifacts::{FILES, FUNCTIONS, TEMPLATE, architecture};
use spotmanager_domain::SettingError;

use crate::error::VerifyError;

/// Functions, state machine and template.
#[derive(Clone, Debug)]
pub(crate) struct Package {
    /// SpotManager's template.
    pub(crate) template: String,
    /// Every file by its key in the bucket.
    pub(crate) files: Vec<(String, Vec<u8>)>,
    /// What the functions were built for, as Lambda names it.
    pub(crate) architecture: &'static str,
}

impl Package {
    /// Reads the folder, and the template from another file if one is given.
    ///
    /// # Errors
    /// [`VerifyError`] if a file is missing, or the functions were built for several architectures.
    pub(crate) fn read(folder: &Path, template: Option<&Path>) -> Result<Self, VerifyError> {
        let mut files = Vec::new();
        let mut built_for = None;
        for function in FUNCTIONS {
            let key = format!("{function}.zip");
            let zip = read(folder.join(&key))?;
            let own = architecture(&zip).map_err(|error| invalid(folder, &key, &error))?;
            if *built_for.get_or_insert(own) != own {
                return Err(invalid(folder, &key, &"for another architecture"));
            }
            files.push((key, zip));
        }
        for (key, _) in FILES {
            files.push((key.to_owned(), read(folder.join(key))?));
        }
        let template = template.map_or_else(|| folder.join(TEMPLATE), Path::to_owned);
        let text = String::from_utf8(read(template)?);
        Ok(Self {
            template: text.map_err(|error| invalid(folder, TEMPLATE, &error))?,
            files,
            architecture: built_for.ok_or_else(|| invalid(folder, "it", &"empty"))?,
        })
    }
}

fn read(path: PathBuf) -> Result<Vec<u8>, VerifyError> {
    fs::read(&path).map_err(|source| VerifyError::File { path, source })
}

fn invalid(folder: &Path, key: &str, why: &dyn std::fmt::Display) -> VerifyError {
    let found = format!("{}, in which {key} is invalid: {why}", folder.display());
    let expected = "a folder whose functions were all built for one of Lambda's architectures";
    SettingError::new("--package", found, expected).into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_without_packages_says_what_makes_them() {
        let folder = tempfile::tempdir().unwrap();
        let refused = Package::read(folder.path(), None).unwrap_err().to_string();
        for part in ["start.zip", "cargo xtask package"] {
            assert!(refused.contains(part), "{part} in {refused}");
        }
    }

    #[test]
    fn what_is_no_package_is_refused_by_its_name() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("start.zip"), "no zip").unwrap();
        let refused = Package::read(folder.path(), None).unwrap_err().to_string();
        assert!(refused.contains("start.zip is invalid"), "{refused}");
    }
}
