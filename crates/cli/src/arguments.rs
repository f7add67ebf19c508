//! The command line.

mod backtest;
mod deploy;
mod explain;
mod init;
mod mistaken;
mod replay;
mod run;
mod settings;

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};
use clap_complete::Shell;

pub(crate) use backtest::{Availability, Backtest, GivenPrice, Prices};
pub(crate) use deploy::Deploy;
pub(crate) use explain::{Execution, Explain};
pub(crate) use init::Init;
pub(crate) use mistaken::Mistaken;
pub(crate) use replay::Replay;
pub(crate) use run::Run;
pub(crate) use settings::{Basis, RunSettings, WorkersSettings, named_as_option, settings_of};

/// The way from a stack of workers to its first decision.
const EXAMPLES: &str = "\
Examples:
  spotmanager init --stack render-farm
  spotmanager doctor --stack render-farm
  spotmanager deploy --s3-bucket my-artifacts --parameters spotmanager.parameters.json
  spotmanager run --stack render-farm --spotmanager-stack spotmanager
  spotmanager explain --last --stack render-farm";

/// Spot-first scaling for AWS Auto Scaling groups.
///
/// Region, credentials, endpoint and proxy are found as the AWS CLI finds them: --profile wins over
/// keys in the environment. Colours are left out if the output is no terminal, or NO_COLOR is set.
/// Tables are as wide as the terminal, or as COLUMNS.
#[derive(Debug, Parser)]
#[command(name = "spotmanager", version, after_help = EXAMPLES)]
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
    /// The profile in the AWS configuration files; its credentials win over keys in the environment.
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
    /// Also writes what an error in one line leaves out.
    #[arg(long, global = true)]
    pub(crate) verbose: bool,
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
    /// Checks every parameter and the workers' stack before it changes anything.
    ///
    /// Exit code: 0 when done, when nothing is to be changed, or when it is not wanted; 1 if the pair
    /// cannot be served, or CloudFormation gave the change up; 2 for a mistaken command line or
    /// parameter; 130 after Ctrl-C; 254 if AWS could not be asked, or refused.
    Deploy(Deploy),
    /// Reports what would keep SpotManager from working on its pairs of groups, and how to fix it.
    ///
    /// The last line says what was not looked at, if anything was not.
    ///
    /// Exit code: 0 without a finding of severity error, 1 with one, 2 for a mistaken command line,
    /// 254 if AWS could not be asked.
    Doctor(Doctor),
    /// Tells what an execution did and why: its steps, the prices against the limit, the decision.
    Explain(Explain),
    /// Decides once from here, with the code of the functions, and says what it would do; with --apply
    /// it asks, does it, and looks whether capacity came.
    ///
    /// Exit code: 0 when done, when nothing is to be done, or when it is not wanted; 1 without
    /// capacity; 2 for a mistaken command line; 130 after Ctrl-C; 254 if AWS could not be asked.
    Run(Run),
    /// Hands the events of the dead-letter queue to the function start again, and deletes those that
    /// it accepts.
    ///
    /// Lists them with their age, and asks first. An event that started an execution before starts
    /// none again.
    ///
    /// Exit code: 0 if every event was accepted, or none was to be replayed; 1 if one stays in the
    /// queue; 2 for a mistaken command line; 130 after Ctrl-C; 254 where AWS could not be asked, or
    /// refused.
    Replay(Replay),
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

/// Which stacks are looked at, and under which settings. Logical ids and names are SpotManager's
/// parameters of the same names; what is not given is as --spotmanager-stack was deployed, otherwise as
/// `spotmanager init` would find it.
#[derive(Debug, Args)]
pub(crate) struct Doctor {
    /// The CloudFormation stack with the two groups, or its ARN; without it every pair that
    /// --spotmanager-stack serves.
    #[arg(
        long,
        value_name = "NAME",
        required_unless_present = "spotmanager_stack"
    )]
    pub(crate) stack: Option<String>,
    /// The stack of SpotManager itself, which is looked at too.
    #[arg(long, value_name = "NAME")]
    pub(crate) spotmanager_stack: Option<String>,
    #[command(flatten)]
    pub(crate) basis: Basis,
    /// What follows the stack's name in the topic's name.
    #[arg(long, value_name = "TEXT", allow_hyphen_values = true)]
    pub(crate) topic_suffix: Option<String>,
    #[command(flatten)]
    pub(crate) settings: WorkersSettings,
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
