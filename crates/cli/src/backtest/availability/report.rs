//! A backtest, to be read.

use std::fmt;

use console::style;
use rust_decimal::Decimal;
use spotmanager_backtest::{Policy, Trace};

use super::Row;
use crate::{arguments::Availability, story::table};

/// Every policy beside the others.
#[derive(Debug)]
pub(super) struct Report<'a> {
    pub(super) traces: &'a [Trace],
    pub(super) wanted: &'a Availability,
    pub(super) rows: &'a [Row],
}

impl fmt::Display for Report<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for trace in self.traces {
            writeln!(
                f,
                "{}: spot could be had {:.0} % of {} hours",
                trace.zone(),
                trace.share_available() * 100.0,
                trace.seconds() / 3_600
            )?;
        }
        writeln!(
            f,
            "jobs of {} s that ask for {} of a worker's time",
            self.wanted.job_seconds, self.wanted.load
        )?;
        let mut table = table(&[
            "policy",
            "USD",
            "of the clairvoyant's",
            "hours on spot",
            "hours on-demand",
            "minutes waited",
            "longest wait",
            "interruptions",
            "switches",
            "jobs done",
        ]);
        let clairvoyant = self
            .rows
            .iter()
            .find(|row| row.policy == Policy::Clairvoyant);
        for Row {
            policy,
            outcome,
            usd,
        } in self.rows
        {
            let share = clairvoyant.and_then(|bound| usd.checked_div(bound.usd));
            let share = share.map(|share| (share * Decimal::ONE_HUNDRED).round_dp(1));
            table.add_row([
                policy.to_string(),
                usd.to_string(),
                share.map_or_else(String::new, |share| format!("{share} %")),
                (outcome.spot_seconds / 3_600).to_string(),
                (outcome.on_demand_seconds / 3_600).to_string(),
                (outcome.waited_seconds / 60).to_string(),
                format!("{} s", outcome.longest_wait_seconds),
                outcome.interruptions.to_string(),
                outcome.switches.to_string(),
                outcome.jobs_done.to_string(),
            ]);
        }
        writeln!(f, "{}", table.trim_fmt())?;
        let hint = "the clairvoyant knows when spot ends, changes over at once and loses no work";
        writeln!(f, "{}", style(hint).dim())
    }
}

#[cfg(test)]
mod tests {
    use clap::Parser;
    use spotmanager_backtest::{Jobs, Scene, Timings, replay};

    use super::{super::document::Document, *};
    use crate::{
        Arguments,
        arguments::{Backtest, Command},
    };

    fn wanted() -> Availability {
        let arguments = ["spotmanager", "backtest", "availability", "a.json"];
        match Arguments::try_parse_from(arguments).unwrap().command {
            Command::Backtest(Backtest::Availability(wanted)) => wanted,
            other => panic!("{other:?}"),
        }
    }

    fn rows(traces: &[Trace]) -> Vec<Row> {
        let scene = Scene {
            traces,
            jobs: Jobs {
                load: 0.6,
                job_seconds: 240,
                seed: 1,
            },
            timings: Timings::default(),
        };
        Policy::ALL
            .map(|policy| Row {
                policy,
                outcome: replay(policy, scene),
                usd: Decimal::TEN,
            })
            .into()
    }

    #[test]
    fn each_policy_is_told_and_the_document_is_as_its_schema_says() {
        let traces = [Trace::new("a", 600, [true, false].repeat(20)).unwrap()];
        let (wanted, rows) = (wanted(), rows(&traces));
        let report = Report {
            traces: &traces,
            wanted: &wanted,
            rows: &rows,
        };
        let told = console::strip_ansi_codes(&report.to_string()).into_owned();
        for part in [
            "a: spot could be had 50 % of 6 hours",
            "SpotManager",
            "plain rule",
            "100 %",
        ] {
            assert!(told.contains(part), "{part} in {told}");
        }
        let schema = include_str!("../../../../../schemas/backtest-availability.json");
        let schema = serde_json::from_str(schema).unwrap();
        let document = serde_json::to_value(Document::of(&traces, &wanted, &rows)).unwrap();
        jsonschema::validate(&schema, &document).unwrap();
    }
}
