//! SpotManager's parameters as settings: of its own stack, or of a file of parameters.

use std::collections::BTreeMap;

use spotmanager_aws::stacks::DeployedStack;
use spotmanager_domain::{SettingError, Settings, SettingsOverride, WorkerPair, WorkerPairs};

use crate::setting_names::{parameter, renamed};

/// Parameters of the template by their names.
pub(crate) type Parameters = BTreeMap<String, String>;

/// The outputs that no other stack has.
const OUTPUTS: [&str; 2] = ["JobsTopicArn", "StateMachineArn"];

/// What an environment variable of the functions holds under these parameters.
pub(crate) fn value_of(parameters: &Parameters, variable: &str) -> Option<String> {
    parameters.get(&parameter(variable)).cloned()
}

/// The pairs of groups that it serves in addition to its own.
///
/// # Errors
/// [`SettingError`] where the parameter cannot be read.
pub(crate) fn worker_pairs(stack: &DeployedStack) -> Result<WorkerPairs, SettingError> {
    pairs_of(&stack.parameters)
}

/// The pairs that these parameters name in addition to that of `WorkersStackName`.
///
/// # Errors
/// [`SettingError`] if the parameter cannot be read.
pub(crate) fn pairs_of(parameters: &Parameters) -> Result<WorkerPairs, SettingError> {
    let pairs = value_of(parameters, "WORKER_PAIRS").unwrap_or_default();
    WorkerPairs::read(&pairs).map_err(named_as_parameter)
}

/// The deployment's settings under these parameters.
///
/// # Errors
/// [`SettingError`] names the parameter that cannot be used.
pub(crate) fn settings_of(parameters: &Parameters) -> Result<Settings, SettingError> {
    Settings::from_environment(|variable| value_of(parameters, variable))
        .and_then(|settings| settings.overridden(SettingsOverride::default()))
        .map_err(named_as_parameter)
}

/// The pairs of one stack of workers: those that name it, and the deployment's own.
pub(crate) fn pairs_of_stack(
    parameters: &Parameters,
    stack_name: &str,
) -> Result<Vec<WorkerPair>, SettingError> {
    let own = parameters.get("WorkersStackName");
    let own = own.map(String::as_str).unwrap_or_default();
    let pairs = pairs_of(parameters)?;
    let mut of_stack = pairs.all(own);
    of_stack.retain(|pair| pair.stack_name == stack_name);
    if of_stack.is_empty() {
        of_stack.push(pairs.of_stack(stack_name));
    }
    Ok(of_stack)
}

/// Checks that a stack is SpotManager's, made whole.
///
/// # Errors
/// [`SettingError`] if it is another, or has no outputs yet.
pub(crate) fn check_is_spotmanager(name: &str, stack: &DeployedStack) -> Result<(), SettingError> {
    const FIELD: &str = "--spotmanager-stack";
    let missing: Vec<_> = OUTPUTS
        .into_iter()
        .filter(|output| !stack.outputs.contains_key(*output))
        .collect();
    if missing.is_empty() {
        return Ok(());
    }
    let (found, expected) = if stack.parameters.contains_key("WorkersStackName") {
        (
            format!("{name}, which is {}", stack.status),
            "a stack of SpotManager that is deployed",
        )
    } else {
        (
            format!("{name}, which has no output {}", missing.join(" and ")),
            "a stack that `spotmanager deploy` or infra/spotmanager.yaml made",
        )
    };
    Err(SettingError::new(FIELD, found, expected))
}

/// The same refusal with the name that the parameter has in the template.
fn named_as_parameter(refused: SettingError) -> SettingError {
    let (field, rest) = match refused.field.split_once('[') {
        Some((field, rest)) => (field, format!("[{rest}")),
        None => (refused.field.as_str(), String::new()),
    };
    let field = format!("{}{rest}", parameter(field));
    renamed(SettingError { field, ..refused }, parameter)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parameters(all: &[(&str, &str)]) -> Parameters {
        let owned = |(key, value): &(&str, &str)| ((*key).to_owned(), (*value).to_owned());
        all.iter().map(owned).collect()
    }

    #[test]
    fn a_refusal_names_the_parameter() {
        for (key, value, field) in [
            ("MaxRounds", "0", "MaxRounds"),
            ("SafetyMarginPercent", "much", "SafetyMarginPercent"),
            ("SpotGroupLogicalId", "a-b", "SpotGroupLogicalId"),
        ] {
            let refused = settings_of(&parameters(&[(key, value)])).unwrap_err();
            assert_eq!(
                (refused.field.as_str(), refused.found.as_str()),
                (field, value)
            );
        }
        let pairs = parameters(&[("WorkerPairs", r#"[{"stack_name": "9"}]"#)]);
        let refused = pairs_of(&pairs).unwrap_err();
        assert_eq!(refused.field, "WorkerPairs[].stack_name");
    }

    #[test]
    fn a_stack_s_pairs_are_its_entries_and_the_deployment_s_own() {
        let pairs = r#"[{"stack_name": "farm", "alarm_name": "big",
            "settings": {"spot_group_logical_id": "bigSpot"}}]"#;
        let parameters = parameters(&[("WorkersStackName", "farm"), ("WorkerPairs", pairs)]);
        let spot = |stack| {
            let pairs = pairs_of_stack(&parameters, stack).unwrap();
            pairs
                .iter()
                .map(|pair| pair.spot_group_logical_id("asg").to_owned())
                .collect::<Vec<_>>()
        };
        assert_eq!(spot("farm"), ["bigSpot", "asg"]);
        assert_eq!(spot("mill"), ["asg"]);
    }

    #[test]
    fn only_a_stack_of_spotmanager_that_is_whole_passes() {
        let stack =
            |status: &str, parameters_: &[(&str, &str)], outputs: &[(&str, &str)]| DeployedStack {
                status: status.into(),
                parameters: parameters(parameters_),
                outputs: parameters(outputs),
            };
        let own = [("WorkersStackName", "farm")];
        let outputs = [("JobsTopicArn", "arn"), ("StateMachineArn", "arn")];
        let whole = stack("CREATE_COMPLETE", &own, &outputs);
        assert!(check_is_spotmanager("sm", &whole).is_ok());
        for (other, part) in [
            (stack("REVIEW_IN_PROGRESS", &own, &[]), "REVIEW_IN_PROGRESS"),
            (stack("CREATE_COMPLETE", &[], &[]), "JobsTopicArn"),
        ] {
            let refused = check_is_spotmanager("sm", &other).unwrap_err().to_string();
            for part in [part, "--spotmanager-stack", "sm, which"] {
                assert!(refused.contains(part), "{part} in {refused}");
            }
        }
    }
}
