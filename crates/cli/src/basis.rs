//! SpotManager's parameters for a stack that no deployment is named for: those of a file that `init`
//! wrote, or those that it would write.

use std::path::Path;

use anyhow::Result;
use spotmanager_aws::SdkConfig;
use spotmanager_domain::{SettingError, SettingsOverride, stack_name_of};

use crate::{
    deployed::{Parameters, pairs_of},
    init, parameter_file,
};

/// The parameters. `given` are the settings of the command line, which hold over them.
///
/// # Errors
/// When the file cannot be read or is another stack's; without one, when AWS cannot be asked, or
/// the stack leaves open which its two groups are.
pub(crate) async fn parameters(
    config: &SdkConfig,
    stack: &str,
    file: Option<&Path>,
    given: &SettingsOverride,
) -> Result<Parameters> {
    match file {
        Some(file) => Ok(of_file(file, stack_name_of(stack))?),
        None => init::found(config, stack, given).await,
    }
}

fn of_file(file: &Path, stack_name: &str) -> Result<Parameters> {
    let of_file = parameter_file::read(file)?.into_iter();
    let parameters: Parameters = of_file.map(|one| (one.key, one.value)).collect();
    let own = parameters.get("WorkersStackName").map(String::as_str);
    let own = own.unwrap_or(stack_name);
    let pairs = pairs_of(&parameters)?.all(own);
    if !pairs.iter().any(|pair| pair.stack_name == stack_name) {
        let found = format!("{}, whose WorkersStackName is {own}", file.display());
        let expected = format!("a file that `spotmanager init --stack {stack_name}` wrote");
        return Err(SettingError::new("--parameters", found, expected).into());
    }
    Ok(parameters)
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    #[test]
    fn a_file_is_its_own_stack_s() {
        let file = tempfile::NamedTempFile::new().unwrap();
        let text = r#"[{"ParameterKey": "WorkersStackName", "ParameterValue": "farm"},
            {"ParameterKey": "WorkerPairs", "ParameterValue": "[{\"stack_name\": \"annex\"}]"},
            {"ParameterKey": "TopicSuffix", "ParameterValue": "-jobs"}]"#;
        fs::write(file.path(), text).unwrap();
        assert!(of_file(file.path(), "annex").is_ok());
        let parameters = of_file(file.path(), "farm").unwrap();
        assert_eq!(parameters["TopicSuffix"], "-jobs");
        let refused = of_file(file.path(), "mill").unwrap_err().to_string();
        for part in ["--parameters", "is farm", "init --stack mill"] {
            assert!(refused.contains(part), "{part} in {refused}");
        }
    }
}
