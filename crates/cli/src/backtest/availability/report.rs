//! A backtest, to be read.

use std::fmt;

use console::style;
use rust_decimal::Decimal;
use spotmanager_backtest::{Policy, Trace};

use super::{
    Row,
    notes::{self, length},
};
use crate::{
    arguments::Availability,
    table::{align_figures, table},
};

/// Every policy with the others.
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
                "{}: spot could be had {:.0} % of {}",
                trace.zone(),
                trace.share_available() * 100.0,
                length(trace.seconds())
            )?;
        }
        writeln!(
            f,
            "jobs of {} s that ask for {} of a worker's time",
            self.wanted.job_seconds, self.wanted.load
        )?;
        for note in notes::of(self.traces, self.wanted) {
            writeln!(f, "{}", style(note).yellow())?;
        }
        let has_bound = notes::has_bound(self.wanted);
        let bound = has_bound.then_some("of the bound");
        let headers = ["policy", "USD"].into_iter().chain(bound).chain([
            "hours on spot",
            "hours on-demand",
            "minutes waited",
            "longest wait",
            "interruptions",
            "switches",
            "jobs done",
        ]);
        let headers: Vec<_> = headers.collect();
        let mut table = table(&headers);
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
            let share =
                has_bound.then(|| share.map_or_else(String::new, |share| format!("{share} %")));
            let cost = [policy.to_string(), usd.to_string()];
            table.add_row(cost.into_iter().chain(share).chain([
                tenths(outcome.spot_seconds, 3_600),
                tenths(outcome.on_demand_seconds, 3_600),
                tenths(outcome.waited_seconds, 60),
                format!("{} s", outcome.longest_wait_seconds),
                outcome.interruptions.to_string(),
                outcome.switches.to_string(),
                outcome.jobs_done.to_string(),
            ]));
        }
        align_figures(&mut table, 1..headers.len());
        writeln!(f, "{}", table.trim_fmt())?;
        if !has_bound {
            return Ok(());
        }
        let hint = "the clairvoyant is the lower bound of what lets no job wait for capacity: it knows when spot ends, changes over at once and loses no work; what costs less lets jobs wait";
        writeln!(f, "{}", style(hint).dim())
    }
}

/// So many of a unit of `of` seconds, to a tenth: what is less than one is not none.
fn tenths(seconds: u64, of: u64) -> String {
    let count = Decimal::from(seconds) / Decimal::from(of);
    format!("{:.1}", count.round_dp(1))
}

#[cfg(test)]
pub(super) mod tests {
    use clap::Parser;
    use spotmanager_backtest::{Jobs, Scene, Timings, replay};

    use super::{super::document::Document, *};
    use crate::{
        Arguments,
        arguments::{Backtest, Command},
    };

    pub(in super::super) fn wanted() -> Availability {
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
            "a: spot could be had 50 % of 6h 40m",
            "spot 0.918 and on-demand 3.06 USD per hour",
            "SpotManager",
            "plain rule",
            "100 %",
        ] {
            assert!(told.contains(part), "{part} in {told}");
        }
        let dear = Availability {
            spot_price: Decimal::TEN,
            ..wanted
        };
        let dear = Report {
            traces: &traces,
            wanted: &dear,
            rows: &rows,
        };
        let told_of_dear = console::strip_ansi_codes(&dear.to_string()).into_owned();
        assert!(told.contains("of the bound"), "{told}");
        assert!(told.contains("is the lower bound"), "{told}");
        assert!(!told_of_dear.contains("of the bound"), "{told_of_dear}");
        assert!(
            !told_of_dear.contains("is the lower bound"),
            "{told_of_dear}"
        );
        // Neither kind of hour is none because it is less than one.
        assert_eq!(tenths(200, 3_600), "0.1");
        let schema = include_str!("../../../../../schemas/backtest-availability.json");
        let schema = serde_json::from_str(schema).unwrap();
        let document = serde_json::to_value(Document::of(&traces, dear.wanted, &rows)).unwrap();
        jsonschema::validate(&schema, &document).unwrap();
    }
}
