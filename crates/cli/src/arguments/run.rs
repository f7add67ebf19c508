//! The command line of a decision that is made from here.

use clap::Args;
use spotmanager_domain::SettingsOverride;

use super::{Basis, RunSettings};

/// For which stack it is decided, and under which settings: SpotManager's parameters of the same
/// names. What is not given is as --spotmanager-stack was deployed or --parameters says, and
/// otherwise as `spotmanager init` finds it in the stack.
#[derive(Debug, Args)]
pub(crate) struct Run {
    /// The CloudFormation stack with the two groups, or its ARN.
    #[arg(long, value_name = "NAME")]
    pub(crate) stack: String,
    /// The stack of SpotManager itself, whose running executions are given way to if
    /// --queue-logical-id is set.
    #[arg(long, value_name = "NAME")]
    pub(crate) spotmanager_stack: Option<String>,
    #[command(flatten)]
    pub(crate) basis: Basis,
    /// Executes the scale-up policy, and asks first; without it nothing is changed.
    #[arg(long)]
    pub(crate) apply: bool,
    /// Does not ask.
    #[arg(long, requires = "apply")]
    pub(crate) yes: bool,
    #[command(flatten)]
    settings: RunSettings,
}

impl Run {
    /// The settings that are given; whether anything is changed is said each time.
    pub(crate) fn overrides(&self) -> SettingsOverride {
        SettingsOverride {
            dry_run: Some(!self.apply),
            ..self.settings.overrides()
        }
    }
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::*;
    use crate::{Arguments, arguments::Command};

    fn overrides(more: &[&str]) -> SettingsOverride {
        let arguments = ["spotmanager", "run", "--stack", "farm"];
        let parsed = Arguments::try_parse_from(arguments.iter().chain(more));
        match parsed.unwrap().command {
            Command::Run(run) => run.overrides(),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn nothing_is_changed_unless_it_is_said() {
        let dry = SettingsOverride {
            dry_run: Some(true),
            ..SettingsOverride::default()
        };
        assert_eq!(overrides(&[]), dry);
        assert_eq!(overrides(&["--apply"]).dry_run, Some(false));
    }

    #[test]
    fn what_is_given_is_set() {
        let given = overrides(&[
            "--verify-interval-seconds",
            "5",
            "--queue-logical-id",
            "jobs",
        ]);
        assert_eq!(given.verify_interval_seconds, Some(5));
        assert_eq!(given.queue_logical_id.as_deref(), Some("jobs"));
    }
}
