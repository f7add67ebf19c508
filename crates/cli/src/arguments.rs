//! The command line.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};
use clap_complete::Shell;
use rust_decimal::Decimal;
use spotmanager_backtest::STEP_SECONDS;
use spotmanager_contract::SettingsOverride;

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
    /// JSON, as README.md describes it.
    Json,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Tells what would keep SpotManager from working on a stack, and what mends it.
    ///
    /// Exit code: 0 without a finding of severity error, 1 with one, 2 for a mistaken command line,
    /// 254 where AWS could not be asked.
    Doctor(Doctor),
    /// Tells what an execution did and why: its steps, the prices against the limit, the decision.
    Explain(Explain),
    /// Replays where spot could be had, and tells whether jobs would have waited and what each policy
    /// would have cost.
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
    /// Logical id of the spot group, or a path such as stackGPU/asgGPUSpot.
    #[arg(long, value_name = "ID")]
    spot_group_logical_id: Option<String>,
    /// Logical id of the on-demand group, written likewise.
    #[arg(long, value_name = "ID")]
    on_demand_group_logical_id: Option<String>,
    /// Logical id of the SQS queue that the jobs wait in, written likewise.
    #[arg(long, value_name = "ID")]
    queue_logical_id: Option<String>,
    /// What the name of each group's scale-up policy contains.
    #[arg(long, value_name = "TEXT")]
    scale_up_policy_name_contains: Option<String>,
    /// What the name of the on-demand group's scale-down policy contains.
    #[arg(long, value_name = "TEXT")]
    scale_down_policy_name_contains: Option<String>,
    /// What follows the stack's name in the topic's name.
    #[arg(long, value_name = "TEXT", allow_hyphen_values = true)]
    pub(crate) topic_suffix: Option<String>,
    /// How far below the maximum price the average spot price must lie, percent.
    #[arg(long, value_name = "PERCENT")]
    safety_margin_percent: Option<Decimal>,
    /// The most that spot may cost, percent of the on-demand price.
    #[arg(long, value_name = "PERCENT")]
    maximum_percent_of_on_demand: Option<Decimal>,
    /// EC2's product description of the spot price.
    #[arg(long, value_name = "TEXT")]
    product_description: Option<String>,
    /// Whether a scale-up waits until the group's cooldown is over: true or false.
    #[arg(long, value_name = "BOOL")]
    honor_cooldown: Option<bool>,
}

impl Doctor {
    /// The settings that are given.
    pub(crate) fn settings(&self) -> SettingsOverride {
        SettingsOverride {
            spot_group_logical_id: self.spot_group_logical_id.clone(),
            on_demand_group_logical_id: self.on_demand_group_logical_id.clone(),
            queue_logical_id: self.queue_logical_id.clone(),
            scale_up_policy_name_contains: self.scale_up_policy_name_contains.clone(),
            scale_down_policy_name_contains: self.scale_down_policy_name_contains.clone(),
            safety_margin_percent: self.safety_margin_percent,
            maximum_percent_of_on_demand: self.maximum_percent_of_on_demand,
            product_description: self.product_description.clone(),
            honor_cooldown: self.honor_cooldown,
            ..SettingsOverride::default()
        }
    }
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

/// What is replayed. Options in seconds are multiples of 5, and have the names and defaults of the
/// templates' parameters.
#[derive(Debug, Args)]
pub(crate) struct Backtest {
    /// A trace of an Availability Zone, such as us-east-1a.json or us-east-1a=FILE.
    #[arg(required = true, value_name = "TRACE")]
    pub(crate) traces: Vec<String>,
    /// The share of one worker's time that the jobs ask for.
    #[arg(long, value_name = "SHARE", default_value_t = 0.6, value_parser = share)]
    pub(crate) load: f64,
    /// How long a job takes.
    #[arg(long, value_name = "SECONDS", default_value_t = 240, value_parser = some_seconds)]
    pub(crate) job_seconds: u32,
    /// What the jobs' arrivals are drawn with.
    #[arg(long, value_name = "NUMBER", default_value_t = 1)]
    pub(crate) seed: u64,
    /// What a spot instance costs, USD per instance-hour.
    #[arg(long, value_name = "USD", default_value = "0.918")]
    pub(crate) spot_price: Decimal,
    /// What an on-demand instance costs, USD per instance-hour.
    #[arg(long, value_name = "USD", default_value = "3.06")]
    pub(crate) on_demand_price: Decimal,
    /// From a launch until the instance is in service.
    #[arg(long, value_name = "SECONDS", default_value_t = 60, value_parser = seconds)]
    pub(crate) launch_seconds: u32,
    /// Over how long the alarms look at the queue.
    #[arg(long, value_name = "SECONDS", default_value_t = 60, value_parser = some_seconds)]
    pub(crate) alarm_period_seconds: u32,
    /// For how many periods the queue is empty before the groups scale down.
    #[arg(long, value_name = "PERIODS", default_value_t = 5)]
    pub(crate) no_jobs_evaluation_periods: u32,
    /// How long to wait between two looks for capacity.
    #[arg(long, value_name = "SECONDS", default_value_t = 15, value_parser = some_seconds)]
    pub(crate) verify_interval_seconds: u32,
    /// How long spot may take to bring capacity into service.
    #[arg(long, value_name = "SECONDS", default_value_t = 300, value_parser = seconds)]
    pub(crate) spot_capacity_timeout_seconds: u32,
    /// For how long a failed spot launch leaves its Availability Zone out of the choice.
    #[arg(long, value_name = "SECONDS", default_value_t = 900, value_parser = seconds)]
    pub(crate) launch_failure_window_seconds: u32,
    /// How often spot is looked for while on-demand serves; 0 for never.
    #[arg(long, value_name = "SECONDS", default_value_t = 900, value_parser = seconds)]
    pub(crate) return_to_spot_seconds: u32,
}

/// Seconds that the backtest tells apart.
fn seconds(text: &str) -> Result<u32, String> {
    let seconds: u32 = text.parse().map_err(|_| "it should be a whole number")?;
    if seconds.is_multiple_of(STEP_SECONDS) {
        Ok(seconds)
    } else {
        Err(format!("it should be a multiple of {STEP_SECONDS}"))
    }
}

/// The same, and some.
fn some_seconds(text: &str) -> Result<u32, String> {
    match seconds(text)? {
        0 => Err("it should be above 0".to_owned()),
        seconds => Ok(seconds),
    }
}

fn share(text: &str) -> Result<f64, String> {
    let share: f64 = text.parse().map_err(|_| "it should be a number")?;
    if share > 0.0 && share.is_finite() {
        Ok(share)
    } else {
        Err("it should be above 0".to_owned())
    }
}

#[cfg(test)]
mod tests {
    use clap::{CommandFactory, error::ErrorKind};

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
            (&["backtest"][..], Some(ErrorKind::MissingRequiredArgument)),
            (
                &["backtest", "a.json", "--load", "0"][..],
                Some(ErrorKind::ValueValidation),
            ),
            (
                &["backtest", "a.json", "--job-seconds", "0"][..],
                Some(ErrorKind::ValueValidation),
            ),
            (
                &["backtest", "a.json", "--launch-seconds", "7"][..],
                Some(ErrorKind::ValueValidation),
            ),
            (
                &["backtest", "a.json", "--return-to-spot-seconds", "0"][..],
                None,
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
        assert!(parse(&[]).settings().is_empty());
        let given = parse(&["--topic-suffix", "-jobs", "--safety-margin-percent", "20"]);
        assert_eq!(given.topic_suffix.as_deref(), Some("-jobs"));
        let margin = given.settings().safety_margin_percent;
        assert_eq!(margin, Some(Decimal::from(20)));
    }
}
