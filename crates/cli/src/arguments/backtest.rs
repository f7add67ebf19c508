//! The command line of a backtest.

use std::path::PathBuf;

use clap::{Args, Subcommand};
use jiff::Timestamp;
use rust_decimal::Decimal;
use spotmanager_backtest::STEP_SECONDS;
use spotmanager_decision::price::HIGHEST_CREDIBLE_PRICE;

/// Which question is asked.
#[derive(Debug, Subcommand)]
pub(crate) enum Backtest {
    /// What would it have cost? Replays the decision over a history of spot prices, under several
    /// settings at once.
    Prices(Prices),
    /// Would jobs have waited? Replays where spot could be had, and puts SpotManager beside other
    /// policies.
    Availability(Availability),
}

/// Which prices are replayed, and under which settings. Where several values are given, as in
/// --maximum-spot-price 0.2,0.3, every combination is a setting.
#[derive(Debug, Args)]
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
    /// EC2's product description of the spot price.
    #[arg(long, value_name = "TEXT", default_value = "Linux/UNIX")]
    pub(crate) product_description: String,
    /// Where the replay begins, such as 2026-01-01T00:00:00Z; without it at the oldest record, or 90
    /// days ago where EC2 is asked, which keeps no more.
    #[arg(long, value_name = "TIME")]
    pub(crate) start_time: Option<Timestamp>,
    /// Where it ends; without it at the newest record, or now where EC2 is asked.
    #[arg(long, value_name = "TIME")]
    pub(crate) end_time: Option<Timestamp>,
    /// What an on-demand instance costs, USD per instance-hour; without it as the price list says, or
    /// the table that travels with the program.
    #[arg(long, value_name = "USD", value_parser = price)]
    pub(crate) on_demand_price: Option<Decimal>,
    /// The spot group's maximum price, USD per instance-hour; without it the on-demand price.
    #[arg(long, value_name = "USD", value_delimiter = ',', value_parser = price)]
    pub(crate) maximum_spot_price: Vec<Decimal>,
    /// How far below the maximum price the average must lie, percent.
    #[arg(long, value_name = "PERCENT", value_delimiter = ',', default_value = "15", value_parser = percent)]
    pub(crate) safety_margin_percent: Vec<Decimal>,
    /// The most that spot may cost, percent of the on-demand price.
    #[arg(long, value_name = "PERCENT", value_parser = percent)]
    pub(crate) maximum_percent_of_on_demand: Option<Decimal>,
    /// Over how long prices are averaged.
    #[arg(long, value_name = "SECONDS", value_delimiter = ',', default_value = "3600", value_parser = clap::value_parser!(u32).range(1..))]
    pub(crate) price_window_seconds: Vec<u32>,
    /// Also each pool, an instance type in a zone, by itself.
    #[arg(long)]
    pub(crate) each_pool: bool,
    /// How long an instance serves until the next alarm decides anew.
    #[arg(long, value_name = "SECONDS", default_value_t = 3_600, value_parser = clap::value_parser!(u32).range(60..))]
    pub(crate) run_seconds: u32,
    /// How often spot is looked for while on-demand serves; 0 for never.
    #[arg(long, value_name = "SECONDS", default_value_t = 900, value_parser = at_least_a_minute)]
    pub(crate) return_to_spot_seconds: u32,
    /// For how long a failed spot launch leaves its Availability Zone out of the choice.
    #[arg(long, value_name = "SECONDS", default_value_t = 900)]
    pub(crate) launch_failure_window_seconds: u32,
    /// Writes a page with the prices and the decisions drawn, which needs nothing beside it.
    #[arg(long, value_name = "FILE")]
    pub(crate) html: Option<PathBuf>,
}

/// Which traces are replayed, and how. Options in seconds are multiples of 5, and have the names and
/// defaults of the templates' parameters.
#[derive(Debug, Args)]
pub(crate) struct Availability {
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

/// Never, or so seldom that a replay of years ends.
fn at_least_a_minute(text: &str) -> Result<u32, String> {
    match text.parse() {
        Ok(seconds @ (0 | 60..)) => Ok(seconds),
        _ => Err("it should be a whole number of seconds, 0 or at least 60".to_owned()),
    }
}

fn price(text: &str) -> Result<Decimal, String> {
    match text.parse() {
        Ok(usd) if usd > Decimal::ZERO && usd <= HIGHEST_CREDIBLE_PRICE => Ok(usd),
        _ => Err(format!(
            "it should be a price above 0 and up to {HIGHEST_CREDIBLE_PRICE} USD per instance-hour"
        )),
    }
}

fn percent(text: &str) -> Result<Decimal, String> {
    match text.parse() {
        Ok(percent) if percent >= Decimal::ZERO && percent <= Decimal::ONE_HUNDRED => Ok(percent),
        _ => Err("it should be a number from 0 to 100".to_owned()),
    }
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
            &["availability", "a.json", "--launch-seconds", "7"],
            &["prices", "a.json", "--maximum-spot-price", "0.2,-1"],
            &["prices", "a.json", "--maximum-spot-price", "9e99"],
            &["prices", "a.json", "--safety-margin-percent", "101"],
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
    }

    #[test]
    fn what_can_be_replayed_is_taken() {
        for arguments in [
            &["availability", "a.json", "--return-to-spot-seconds", "0"][..],
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
                "2026-01-01T00:00:00Z",
                "--return-to-spot-seconds",
                "0",
            ],
        ] {
            assert_eq!(refused(arguments), None, "{arguments:?}");
        }
    }
}
