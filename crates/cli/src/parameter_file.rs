//! A file of template parameters, in the shape that the AWS CLI takes.
//! See <https://docs.aws.amazon.com/cli/latest/reference/cloudformation/create-stack.html>.

use std::{
    collections::BTreeSet,
    fs::{self, OpenOptions},
    io::{self, Write},
    path::Path,
};

use anyhow::{Context, Result};
use serde::{Deserialize, Serialize};
use spotmanager_domain::SettingError;

use crate::print::print_json;

/// Names standard output in a file's place.
pub(crate) const STANDARD_OUTPUT: &str = "-";

/// A parameter with its value.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Parameter {
    #[serde(rename = "ParameterKey")]
    pub(crate) key: String,
    #[serde(rename = "ParameterValue")]
    pub(crate) value: String,
}

/// Checks that a file may be written: it is not there, or it may be overwritten.
///
/// # Errors
/// [`SettingError`] where it is in the way.
pub(crate) fn check_free(file: &Path, may_overwrite: bool) -> Result<(), SettingError> {
    if may_overwrite || file.as_os_str() == STANDARD_OUTPUT || !file.exists() {
        return Ok(());
    }
    Err(SettingError::new(
        "--file",
        file.display(),
        "a file that is not there yet; --force overwrites it",
    ))
}

/// Writes the parameters.
///
/// # Errors
/// When the file is there and may not be overwritten, or cannot be written.
pub(crate) fn write(file: &Path, parameters: &[Parameter], may_overwrite: bool) -> Result<()> {
    if file.as_os_str() == STANDARD_OUTPUT {
        print_json(&parameters)?;
        return Ok(());
    }
    let text = serde_json::to_string_pretty(parameters)?;
    let mut options = OpenOptions::new();
    options.write(true);
    if may_overwrite {
        options.create(true).truncate(true);
    } else {
        options.create_new(true);
    }
    let written = options
        .open(file)
        .and_then(|mut opened| opened.write_all(format!("{text}\n").as_bytes()));
    written.with_context(|| format!("cannot write {}", file.display()))
}

/// Reads the parameters of a file, `-` for standard input.
///
/// # Errors
/// When it cannot be read, holds something else, or names a parameter twice.
pub(crate) fn read(file: &Path) -> Result<Vec<Parameter>> {
    let text = if file.as_os_str() == STANDARD_OUTPUT {
        io::read_to_string(io::stdin())
    } else {
        fs::read_to_string(file)
    };
    let text = text.with_context(|| format!("cannot read {}", file.display()))?;
    let parameters: Vec<Parameter> = serde_json::from_str(&text).map_err(|error| {
        SettingError::new(
            "--parameters",
            format!("{}: {error}", file.display()),
            r#"a JSON array of {"ParameterKey": …, "ParameterValue": …}"#,
        )
    })?;
    let keys = parameters.iter().map(|parameter| parameter.key.as_str());
    if let Some(key) = first_twice(keys) {
        let found = format!("{}, which has {key} twice", file.display());
        let expected = "a file with each parameter once";
        return Err(SettingError::new("--parameters", found, expected).into());
    }
    Ok(parameters)
}

/// The first name that comes a second time.
pub(crate) fn first_twice<'a>(mut names: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    let mut seen = BTreeSet::new();
    names.find(|name| !seen.insert(*name))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parameters() -> Vec<Parameter> {
        vec![Parameter {
            key: "TopicSuffix".into(),
            value: "-jobs".into(),
        }]
    }

    #[test]
    fn what_is_written_is_read_and_nothing_is_overwritten_unasked() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("parameters.json");
        check_free(&file, false).unwrap();
        write(&file, &parameters(), false).unwrap();
        assert_eq!(read(&file).unwrap(), parameters());
        let refused = check_free(&file, false).unwrap_err().to_string();
        assert!(refused.contains("--force"), "{refused}");
        assert!(write(&file, &[], false).is_err());
        write(&file, &[], true).unwrap();
        assert_eq!(read(&file).unwrap(), []);
    }

    #[test]
    fn what_is_no_list_of_parameters_is_refused_with_its_place() {
        let file = tempfile::NamedTempFile::new().unwrap();
        fs::write(file.path(), r#"{"TopicSuffix": "-jobs"}"#).unwrap();
        let refused = read(file.path()).unwrap_err().to_string();
        for part in ["--parameters", "line 1", "ParameterKey"] {
            assert!(refused.contains(part), "{part} in {refused}");
        }
    }

    #[test]
    fn a_parameter_that_is_there_twice_is_refused() {
        let file = tempfile::NamedTempFile::new().unwrap();
        let twice = [parameters(), parameters()].concat();
        write(file.path(), &twice, true).unwrap();
        let refused = read(file.path()).unwrap_err().to_string();
        for part in ["--parameters", "TopicSuffix twice"] {
            assert!(refused.contains(part), "{part} in {refused}");
        }
    }
}
