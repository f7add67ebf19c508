//! The command line.

mod backtest;
mod deploy;
mod init;
mod run;
mod settings;

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};
use clap_complete::Shell;

pub(crate) use backtest::{Availability, Backtest, Prices};
pub(crate) use deploy::Deploy;
pub(crate) use init::Init;
pub(crate) use run::Run;
pub(crate) use settings::WorkersSettings;

/// Spot-first scaling for AWS Auto Scaling groups.
///
/// Region, credentials and endpoint are found as the AWS CLI finds them. Colours are left out where
/// the output is no terminal, or NO_COLOR is set.
#[derive(Debug, Parser)]
#[command(name = "spotmanager", version)]
pub struct Arguments {
    #[command(flatten)]
    pub(crate) global: Global,
    #[command(subcommand)]
    pub(crate) command: Command,
}

/// What every command takes.
#[derive(Debug, Args)]
#[command(next_help_heading = "Global options")]
pub(crate) struct Global {
    /// The profile in the AWS configuration files.
    #[arg(long, global = true, value_name = "NAME")]
    pub(crate) profile: Option<String>,
    /// The region, such as eu-west-1.
    #[arg(long, global = true, value_name = "NAME")]
    pub(crate) region: Option<String>,
    /// The endpoint of every service, such as a local AWS.
    #[arg(long, global = true, value_name = "URL")]
    pub(crate) endpoint_url: Option<String>,
    /// How the answer is written.
    #[arg(
        long,
        global = true,
        value_name = "FORMAT",
        value_enum,
        default_value_t
    )]
    pub(crate) output: Output,
}

/// How an answer is written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum Output {
    /// Text and tables, to be read.
    #[default]
    Table,
    /// JSON, as docs/reference/documents.md describes it.
    Json,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Reads a stack, and writes the parameters with which SpotManager serves it, each with what it
    /// rests on.
    Init(Init),
    /// Uploads the packages, shows what CloudFormation would change, and changes it when told to.
    ///
    /// Exit code: 0 when done, when nothing is to be changed, or when it is not wanted; 1 where
    /// CloudFormation gave the change up; 2 for a mistaken command line; 254 where AWS could not be
    /// asked, or refused.
    Deploy(Deploy),
    /// Tells what would keep SpotManager from working on a stack, and what mends it.
    ///
    /// Exit code: 0 without a finding of severity error, 1 with one, 2 for a mistaken command line,
    /// 254 where AWS could not be asked.
    Doctor(Doctor),
    /// Tells what an execution did and why: its steps, the prices against the limit, the decision.
    Explain(Explain),
    /// Decides once from here, with the code of the functions, and says what it would do; with --apply
    /// it does it, and looks whether capacity came.
    ///
    /// Exit code: 0 when done, or nothing is to be done; 1 without capacity; 2 for a mistaken command
    /// line; 254 where AWS could not be asked.
    Run(Run),
    /// Replays the decision: what it would have cost, and whether jobs would have waited.
    #[command(subcommand)]
    Backtest(Backtest),
    /// Writes a shell's completions to standard output.
    Completions {
        /// The shell.
        shell: Shell,
    },
    /// Writes the manual page to standard output, or one page per command into a folder.
    Man {
        /// The folder, which is made where it is not there.
        #[arg(long, value_name = "FOLDER")]
        dir: Option<PathBuf>,
    },
}

/// Which stack is looked at, and under which settings. Logical ids and names are SpotManager's
/// parameters of the same names; what is not given is as --spotmanager-stack was deployed, else the
/// template's default.
#[derive(Debug, Args)]
pub(crate) struct Doctor {
    /// The CloudFormation stack with the two groups, or its ARN.
    #[arg(long, value_name = "NAME")]
    pub(crate) stack: String,
    /// The stack of SpotManager itself, which is looked at too.
    #[arg(long, value_name = "NAME")]
    pub(crate) spotmanager_stack: Option<String>,
    /// What follows the stack's name in the topic's name.
    #[arg(long, value_name = "TEXT", allow_hyphen_values = true)]
    pub(crate) topic_suffix: Option<String>,
    #[command(flatten)]
    pub(crate) settings: WorkersSettings,
}

/// Which execution is told, and how.
#[derive(Debug, Args)]
pub(crate) struct Explain {
    /// The execution's ARN or its name, as the Step Functions console shows them.
    #[arg(required_unless_present = "last", conflicts_with = "last")]
    pub(crate) execution: Option<String>,
    /// The newest execution of the stack --stack.
    #[arg(long, requires = "stack")]
    pub(crate) last: bool,
    /// The CloudFormation stack with the two groups.
    #[arg(long, value_name = "NAME", requires = "last")]
    pub(crate) stack: Option<String>,
    /// The state machine, SpotManager's output StateMachineArn; without it, it is looked for.
    #[arg(long, value_name = "ARN")]
    pub(crate) state_machine: Option<String>,
    /// Tells the steps as they come, until the execution ends.
    #[arg(long)]
    pub(crate) follow: bool,
}

#[cfg(test)]
mod tests {
    use clap::{CommandFactory, error::ErrorKind};

    use rust_decimal::Decimal;

    use super::*;

    fn refused(arguments: &[&str]) -> Option<ErrorKind> {
        let all = ["spotmanager"].iter().chain(arguments);
        Arguments::try_parse_from(all)
            .err()
            .map(|error| error.kind())
    }

    #[test]
    fn the_command_line_is_well_formed() {
        Arguments::command().debug_assert();
    }

    #[test]
    fn an_execution_is_named_or_the_last_of_a_stack() {
        for (arguments, kind) in [
            (&["explain", "jobs-1"][..], None),
            (&["explain", "--last", "--stack", "farm"][..], None),
            (&["explain"][..], Some(ErrorKind::MissingRequiredArgument)),
            (
                &["explain", "--last"][..],
                Some(ErrorKind::MissingRequiredArgument),
            ),
            (
                &["explain", "jobs-1", "--last", "--stack", "farm"][..],
                Some(ErrorKind::ArgumentConflict),
            ),
            (&["doctor"][..], Some(ErrorKind::MissingRequiredArgument)),
            (
                &["backtest"][..],
                Some(ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand),
            ),
            (
                &["doctor", "--stack", "farm", "--output", "yaml"][..],
                Some(ErrorKind::InvalidValue),
            ),
        ] {
            assert_eq!(refused(arguments), kind, "{arguments:?}");
        }
    }

    #[test]
    fn global_options_stand_before_or_after_the_command() {
        for arguments in [
            ["spotmanager", "--output", "json", "explain", "jobs-1"],
            ["spotmanager", "explain", "jobs-1", "--output", "json"],
        ] {
            let arguments = Arguments::try_parse_from(arguments).unwrap();
            assert_eq!(arguments.global.output, Output::Json);
        }
    }

    #[test]
    fn what_is_not_given_changes_no_setting() {
        let parse = |more: &[&str]| {
            let all = ["spotmanager", "doctor", "--stack", "farm"];
            let all = all.iter().chain(more);
            match Arguments::try_parse_from(all).unwrap().command {
                Command::Doctor(doctor) => doctor,
                other => panic!("{other:?}"),
            }
        };
        assert!(parse(&[]).settings.overrides().is_empty());
        let given = parse(&["--topic-suffix", "-jobs", "--safety-margin-percent", "20"]);
        assert_eq!(given.topic_suffix.as_deref(), Some("-jobs"));
        let margin = given.settings.overrides().safety_margin_percent;
        assert_eq!(margin, Some(Decimal::from(20)));
    }
}
