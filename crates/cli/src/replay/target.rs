//! Where the dead letters of a deployment are, and who takes them.

use std::collections::BTreeMap;

use anyhow::Result;
use spotmanager_aws::{
    SdkConfig,
    stacks::{Client, describe_stack},
};

use crate::deployed::check_is_spotmanager;

/// The stack has no dead letters to replay.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum NoTarget {
    /// CloudFormation does not know it.
    #[error("there is no stack {stack_name} in the region {region}")]
    NoStack { stack_name: String, region: String },
    /// It was made from another version of the template.
    #[error(
        "the stack {stack_name} has no output {lacks}; deploy it again with the template of this version"
    )]
    Outdated {
        stack_name: String,
        lacks: &'static str,
    },
}

/// The queue and the function of a deployment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Target {
    pub(super) queue_url: String,
    pub(super) start_function: String,
}

impl Target {
    /// Reads them from the stack's outputs.
    ///
    /// # Errors
    /// [`NoTarget`], `SettingError` if it is no stack of SpotManager, or `AwsError` when the call
    /// fails.
    pub(super) async fn find(config: &SdkConfig, stack_name: &str) -> Result<Self> {
        let Some(stack) = describe_stack(&Client::new(config), stack_name).await? else {
            let region = config.region().map(ToString::to_string);
            return Err(NoTarget::NoStack {
                stack_name: stack_name.to_owned(),
                region: region.unwrap_or_default(),
            }
            .into());
        };
        check_is_spotmanager(stack_name, &stack)?;
        Ok(Self::of(stack_name, &stack.outputs)?)
    }

    fn of(stack_name: &str, outputs: &BTreeMap<String, String>) -> Result<Self, NoTarget> {
        let output = |name: &'static str| {
            let found = outputs.get(name).cloned();
            found.ok_or_else(|| NoTarget::Outdated {
                stack_name: stack_name.to_owned(),
                lacks: name,
            })
        };
        Ok(Self {
            queue_url: output("DeadLetterQueueUrl")?,
            start_function: output("StartFunctionName")?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stack_without_an_output_says_which() {
        let outputs = [("DeadLetterQueueUrl".to_owned(), "url".to_owned())].into();
        let error = Target::of("farm", &outputs).unwrap_err();
        assert!(error.to_string().contains("StartFunctionName"), "{error}");
    }

    #[test]
    fn the_template_has_both_outputs() {
        let template = include_str!("../../../../infra/spotmanager.yaml");
        let (_, outputs) = template.split_once("\nOutputs:\n").unwrap();
        let names = outputs.lines().filter_map(|line| {
            let name = line.strip_prefix("  ")?.strip_suffix(':')?;
            (!name.starts_with(' ')).then(|| (name.to_owned(), "value".to_owned()))
        });
        assert!(Target::of("sm", &names.collect()).is_ok());
    }
}
