//! The command line of a backtest.

mod values;

use std::path::PathBuf;

use clap::{ArgGroup, Args, Subcommand};
use jiff::Timestamp;
use rust_decimal::Decimal;
use spotmanager_backtest::{Timings, cost::Cadence};
use spotmanager_domain::{SETTINGS, Settings};

pub(crate) use values::GivenPrice;
use values::{
    any_seconds, at_least_a_minute, at_least_a_second, at_least_one, instances,
    never_or_at_least_a_minute, of, on_demand_price, price, seconds, share, some_seconds, time,
};

use super::settings::{about, about_in_range, value_name};

/// Which question is asked.
#[derive(Debug, Subcommand)]
pub(crate) enum Backtest {
    /// What would it have cost? Replays the decision over a history of spot prices, under several
    /// settings at once.
    Prices(Box<Prices>),
    /// Would jobs have waited? Replays where spot could be had, and compares SpotManager with other
    /// policies.
    Availability(Availability),
}

/// Which prices are replayed, and under which settings. If several values are given, as in
/// --maximum-spot-price 0.2,0.3, every combination is a setting.
#[derive(Debug, Args)]
#[command(group = ArgGroup::new("source").required(true).multiple(true).args(["files", "instance_type"]))]
pub(crate) struct Prices {
    /// Files that `aws ec2 describe-spot-price-history` wrote, as JSON or CSV, in any order; - for
    /// standard input. Without one EC2 is asked.
    #[arg(value_name = "FILE")]
    pub(crate) files: Vec<PathBuf>,
    /// The instance types; without them all that the files have.
    #[arg(long, value_name = "TYPE", value_delimiter = ',')]
    pub(crate) instance_type: Vec<String>,
    /// The Availability Zones; without them all that there are prices of.
    #[arg(long, value_name = "NAME", value_delimiter = ',')]
    pub(crate) availability_zone: Vec<String>,
    #[arg(long, help = about(&SETTINGS.product_description), value_name = value_name(&SETTINGS.product_description), default_value_t = Settings::default().product_description)]
    pub(crate) product_description: String,
    /// When the replay begins, a date such as 2026-01-01 or a time such as 2026-01-01T12:00:00Z. It
    /// never begins before each pool has prices for a whole window. Without it, as early as that, or
    /// 90 days ago if EC2 is asked, which keeps no more.
    #[arg(long, value_name = "TIME", value_parser = time)]
    pub(crate) start_time: Option<Timestamp>,
    /// When it ends; without it at the newest record, or now if EC2 is asked.
    #[arg(long, value_name = "TIME", value_parser = time)]
    pub(crate) end_time: Option<Timestamp>,
    /// What an on-demand instance costs, USD per instance-hour, as 0.526, or for several types as
    /// g4dn.xlarge=0.526,g5.xlarge=1.006. Without it as AWS's price list says, or the built-in table.
    #[arg(long, value_name = "[TYPE=]USD", value_delimiter = ',', allow_negative_numbers = true, value_parser = on_demand_price)]
    pub(crate) on_demand_price: Vec<GivenPrice>,
    /// The type that the on-demand group launches; without it the one that costs least on demand.
    #[arg(long, value_name = "TYPE")]
    pub(crate) on_demand_instance_type: Option<String>,
    /// The spot group's maximum price, USD per instance-hour; without it the on-demand price.
    #[arg(long, value_name = value_name(&SETTINGS.maximum_spot_price_usd), value_delimiter = ',', allow_negative_numbers = true, value_parser = price)]
    pub(crate) maximum_spot_price: Vec<Decimal>,
    #[arg(long, help = about_in_range(&SETTINGS.safety_margin_percent), value_name = value_name(&SETTINGS.safety_margin_percent), value_delimiter = ',', default_values_t = [Settings::default().safety_margin_percent], allow_negative_numbers = true, value_parser = of::<Decimal>(&SETTINGS.safety_margin_percent))]
    pub(crate) safety_margin_percent: Vec<Decimal>,
    #[arg(long, help = about(&SETTINGS.maximum_percent_of_on_demand), value_name = value_name(&SETTINGS.maximum_percent_of_on_demand), allow_negative_numbers = true, value_parser = of::<Decimal>(&SETTINGS.maximum_percent_of_on_demand))]
    pub(crate) maximum_percent_of_on_demand: Option<Decimal>,
    /// Over how long prices are averaged.
    #[arg(long, value_name = value_name(&SETTINGS.price_window_seconds), value_delimiter = ',', default_values_t = [Settings::default().price_window_seconds], allow_negative_numbers = true, value_parser = at_least_a_second)]
    pub(crate) price_window_seconds: Vec<u32>,
    /// Also each pool, an instance type in a zone, by itself.
    #[arg(long)]
    pub(crate) each_pool: bool,
    /// Also the rule of the 2016 original at each maximum price: the plain mean of the last hour's
    /// records, 15 % below.
    #[arg(long)]
    pub(crate) original: bool,
    /// How long an instance serves until the next alarm decides anew, at least 60.
    #[arg(long, value_name = "SECONDS", default_value_t = Cadence::default().run_seconds, allow_negative_numbers = true, value_parser = at_least_a_minute)]
    pub(crate) run_seconds: u32,
    /// How often spot is checked while on-demand serves, at least 60; 0 for never.
    #[arg(long, value_name = "SECONDS", default_value_t = Cadence::default().return_to_spot_seconds, allow_negative_numbers = true, value_parser = never_or_at_least_a_minute)]
    pub(crate) return_to_spot_seconds: u32,
    #[arg(long, help = about(&SETTINGS.launch_failure_window_seconds), value_name = value_name(&SETTINGS.launch_failure_window_seconds), default_value_t = Cadence::default().launch_failure_window_seconds, allow_negative_numbers = true, value_parser = any_seconds)]
    pub(crate) launch_failure_window_seconds: u32,
    /// Writes a page with the prices and the decisions drawn; it needs no network and no script.
    #[arg(long, value_name = "FILE")]
    pub(crate) html: Option<PathBuf>,
}

/// Which traces are replayed, and how. Options in seconds are multiples of 5, and have the names and
/// defaults of the templates' parameters.
#[derive(Debug, Args)]
pub(crate) struct Availability {
    /// A trace of an Availability Zone, such as us-east-1a.json or us-east-1a=FILE. A file with
    /// preemption in its name, or with prices in it, says only when instances were taken back.
    #[arg(required = true, value_name = "TRACE")]
    pub(crate) traces: Vec<String>,
    /// The most instances in each group, and in both together; without it the most that a trace
    /// counts. If it is more than 1, a queue is named.
    #[arg(long, value_name = "INSTANCES", allow_negative_numbers = true, value_parser = instances)]
    pub(crate) max_size: Option<u32>,
    #[arg(long, help = about(&SETTINGS.target_backlog_per_instance), value_name = value_name(&SETTINGS.target_backlog_per_instance), default_value_t = Settings::default().target_backlog_per_instance, allow_negative_numbers = true, value_parser = of::<Decimal>(&SETTINGS.target_backlog_per_instance))]
    pub(crate) target_backlog_per_instance: Decimal,
    /// How many workers' time the jobs ask for on average; less than 1 is a share of one's.
    #[arg(long, value_name = "WORKERS", default_value_t = 0.6, allow_negative_numbers = true, value_parser = share)]
    pub(crate) load: f64,
    /// How long a job takes.
    #[arg(long, value_name = "SECONDS", default_value_t = 240, allow_negative_numbers = true, value_parser = some_seconds)]
    pub(crate) job_seconds: u32,
    /// How many jobs come at once.
    #[arg(long, value_name = "JOBS", default_value_t = 1, allow_negative_numbers = true, value_parser = at_least_one)]
    pub(crate) jobs_at_once: u32,
    /// What the jobs' arrivals are drawn with.
    #[arg(long, value_name = "NUMBER", default_value_t = 1)]
    pub(crate) seed: u64,
    /// What a spot instance costs, USD per instance-hour. The default is p3.2xlarge's in us-east-1.
    #[arg(long, value_name = "USD", default_value = "0.918", allow_negative_numbers = true, value_parser = price)]
    pub(crate) spot_price: Decimal,
    /// What an on-demand instance costs, USD per instance-hour. The default is p3.2xlarge's in
    /// us-east-1.
    #[arg(long, value_name = "USD", default_value = "3.06", allow_negative_numbers = true, value_parser = price)]
    pub(crate) on_demand_price: Decimal,
    /// From a launch until the instance is in service.
    #[arg(long, value_name = "SECONDS", default_value_t = Timings::default().launch, allow_negative_numbers = true, value_parser = seconds)]
    pub(crate) launch_seconds: u32,
    /// Over how long the alarms look at the queue.
    #[arg(long, value_name = "SECONDS", default_value_t = Timings::default().alarm_period, allow_negative_numbers = true, value_parser = some_seconds)]
    pub(crate) alarm_period_seconds: u32,
    /// For how many periods the queue is empty before the groups scale down.
    #[arg(long, value_name = "PERIODS", default_value_t = Timings::default().no_jobs_periods, allow_negative_numbers = true, value_parser = at_least_one)]
    pub(crate) no_jobs_evaluation_periods: u32,
    /// How long a group of several instances rests after its scale-up policy.
    #[arg(long, value_name = "SECONDS", default_value_t = Timings::default().scale_up_cooldown, allow_negative_numbers = true, value_parser = seconds)]
    pub(crate) scale_up_cooldown_seconds: u32,
    /// How long a group of several instances rests after its scale-down policy.
    #[arg(long, value_name = "SECONDS", default_value_t = Timings::default().scale_down_cooldown, allow_negative_numbers = true, value_parser = seconds)]
    pub(crate) scale_down_cooldown_seconds: u32,
    /// How long to wait between two checks for capacity.
    #[arg(long, value_name = value_name(&SETTINGS.verify_interval_seconds), default_value_t = Timings::default().verify_interval, allow_negative_numbers = true, value_parser = some_seconds)]
    pub(crate) verify_interval_seconds: u32,
    #[arg(long, help = about(&SETTINGS.spot_capacity_timeout_seconds), value_name = value_name(&SETTINGS.spot_capacity_timeout_seconds), default_value_t = Timings::default().spot_capacity_timeout, allow_negative_numbers = true, value_parser = seconds)]
    pub(crate) spot_capacity_timeout_seconds: u32,
    #[arg(long, help = about(&SETTINGS.launch_failure_window_seconds), value_name = value_name(&SETTINGS.launch_failure_window_seconds), default_value_t = Timings::default().launch_failure_window, allow_negative_numbers = true, value_parser = seconds)]
    pub(crate) launch_failure_window_seconds: u32,
    /// How often spot is looked for while on-demand serves; 0 for never.
    #[arg(long, value_name = "SECONDS", default_value_t = Timings::default().return_to_spot, allow_negative_numbers = true, value_parser = seconds)]
    pub(crate) return_to_spot_seconds: u32,
}

#[cfg(test)]
mod tests {
    use clap::{Parser, error::ErrorKind};

    use crate::Arguments;

    fn refused(arguments: &[&str]) -> Option<ErrorKind> {
        let all = ["spotmanager", "backtest"].iter().chain(arguments);
        Arguments::try_parse_from(all)
            .err()
            .map(|error| error.kind())
    }

    #[test]
    fn what_cannot_be_replayed_is_refused() {
        for arguments in [
            &["availability", "a.json", "--load", "0"][..],
            &["availability", "a.json", "--job-seconds", "0"],
            &["availability", "a.json", "--jobs-at-once", "0"],
            &["availability", "a.json", "--max-size", "0"],
            &["availability", "a.json", "--max-size", "1001"],
            &[
                "availability",
                "a.json",
                "--target-backlog-per-instance",
                "0",
            ],
            &["availability", "a.json", "--launch-seconds", "7"],
            &[
                "availability",
                "a.json",
                "--no-jobs-evaluation-periods",
                "0",
            ],
            &[
                "availability",
                "a.json",
                "--no-jobs-evaluation-periods",
                "-1",
            ],
            &["prices", "a.json", "--maximum-spot-price", "0.2,-1"],
            &["prices", "a.json", "--maximum-spot-price", "9e99"],
            &["prices", "a.json", "--maximum-spot-price", "-1"],
            &["prices", "a.json", "--on-demand-price", "-1"],
            &["prices", "a.json", "--safety-margin-percent", "100"],
            &["prices", "a.json", "--safety-margin-percent", "-1"],
            &["availability", "a.json", "--spot-price", "-1"],
            &["prices", "a.json", "--price-window-seconds", "0"],
            &["prices", "a.json", "--run-seconds", "1"],
            &["prices", "a.json", "--return-to-spot-seconds", "1"],
            &["prices", "a.json", "--start-time", "yesterday"],
        ] {
            let kind = Some(ErrorKind::ValueValidation);
            assert_eq!(refused(arguments), kind, "{arguments:?}");
        }
        let kind = Some(ErrorKind::MissingRequiredArgument);
        assert_eq!(refused(&["availability"]), kind);
        // Neither a file nor a type that EC2 could be asked for.
        assert_eq!(refused(&["prices"]), kind);
    }

    #[test]
    fn a_negative_number_is_refused_as_one_and_no_other_way_to_write_it_is_proposed() {
        for option in ["--maximum-spot-price", "--on-demand-price", "--run-seconds"] {
            let all = ["spotmanager", "backtest", "prices", "a.json", option, "-1"];
            let error = Arguments::try_parse_from(all).unwrap_err().to_string();
            assert!(error.contains("it should be a"), "{error}");
            assert!(!error.contains("-- -1"), "{error}");
        }
    }

    #[test]
    fn what_can_be_replayed_is_taken() {
        for arguments in [
            &["availability", "a.json", "--return-to-spot-seconds", "0"][..],
            &[
                "availability",
                "a.json",
                "--max-size",
                "1000",
                "--load",
                "400",
            ],
            &["availability", "a.json", "--jobs-at-once", "160"],
            // A replay may go beyond what a deployment's parameters take.
            &["prices", "a.json", "--price-window-seconds", "1,31536000"],
            &[
                "prices",
                "a.json",
                "--launch-failure-window-seconds",
                "604800",
            ],
            &["availability", "a.json", "--verify-interval-seconds", "900"],
            &[
                "availability",
                "a.json",
                "--spot-capacity-timeout-seconds",
                "0",
            ],
            &[
                "availability",
                "a.json",
                "--spot-capacity-timeout-seconds",
                "7200",
            ],
            &[
                "availability",
                "a.json",
                "--launch-failure-window-seconds",
                "604800",
            ],
            &["prices", "--instance-type", "g4dn.xlarge,p3.2xlarge"],
            &[
                "prices",
                "a.json",
                "--maximum-spot-price",
                "0.2,0.3",
                "--safety-margin-percent",
                "0,15",
            ],
            &[
                "prices",
                "a.json",
                "--start-time",
                "2026-01-01",
                "--end-time",
                "2026-01-02T12:00:00Z",
                "--on-demand-price",
                "g4dn.xlarge=0.526,g5.xlarge=1.006",
                "--return-to-spot-seconds",
                "0",
            ],
        ] {
            assert_eq!(refused(arguments), None, "{arguments:?}");
        }
    }
}
