//! A backtest, to be read.

use std::fmt;

use console::style;
use rust_decimal::Decimal;
use spotmanager_backtest::{Fleet, Policy, Trace, TraceKind};

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
    pub(super) fleet: Fleet,
    pub(super) wanted: &'a Availability,
    pub(super) rows: &'a [Row],
}

impl fmt::Display for Report<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for trace in self.traces {
            writeln!(f, "{}", seen(trace))?;
        }
        writeln!(f, "{}", self.jobs())?;
        for note in notes::of(self.traces, self.wanted) {
            writeln!(f, "{}", style(note).yellow())?;
        }
        let has_bound = notes::has_bound(self.wanted);
        let bound = if self.fleet.has_queue() {
            "of the clairvoyant"
        } else {
            "of the bound"
        };
        let bound = has_bound.then_some(bound);
        let headers = ["policy", "USD"].into_iter().chain(bound).chain([
            "hours on spot",
            "hours on-demand",
            "minutes waited",
            "longest wait",
            "job-minutes waited",
            "jobs restarted",
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
                tenths(outcome.jobs_waited_seconds, 60),
                outcome.jobs_restarted.to_string(),
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
        let hint = if self.fleet.has_queue() {
            "the clairvoyant has at once what the queue needs: it knows when spot ends, changes over at once and loses no work"
        } else {
            "the clairvoyant is the lower bound of what lets no job wait for capacity: it knows when spot ends, changes over at once and loses no work; what costs less lets jobs wait"
        };
        writeln!(f, "{}", style(hint).dim())
    }
}

impl Report<'_> {
    /// What is to be done, and by how many.
    fn jobs(&self) -> String {
        let wanted = self.wanted;
        let at_once = match wanted.jobs_at_once {
            1 => String::new(),
            several => format!(", {several} at once"),
        };
        let jobs = format!(
            "jobs of {} s{at_once}, that ask for {} of a worker's time",
            wanted.job_seconds, wanted.load
        );
        if self.fleet.has_queue() {
            format!(
                "{jobs}; at most {} instances, each with {} jobs waiting before it",
                self.fleet.max_size, self.fleet.target_backlog_per_instance
            )
        } else {
            jobs
        }
    }
}

/// What a trace says.
fn seen(trace: &Trace) -> String {
    let (zone, length) = (trace.zone(), length(trace.seconds()));
    match trace.kind() {
        TraceKind::Availability if trace.nodes() > 1 => format!(
            "{zone}: {:.1} of {} spot instances could be had on average of {length}",
            trace.mean(),
            trace.nodes()
        ),
        TraceKind::Availability => format!(
            "{zone}: spot could be had {:.0} % of {length}",
            trace.share_available() * 100.0
        ),
        TraceKind::Preemption => format!(
            "{zone}: {} of {} spot instances were taken back within {length}; spot can always be had",
            trace.preemptions(),
            trace.nodes()
        ),
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

    fn rows(traces: &[Trace], fleet: Fleet) -> Vec<Row> {
        let scene = Scene {
            traces,
            jobs: Jobs {
                load: 0.6,
                job_seconds: 240,
                at_once: 1,
                seed: 1,
            },
            timings: Timings::default(),
            fleet,
        };
        let rows = Policy::all(&fleet).map(|policy| Row {
            policy,
            outcome: replay(policy, scene),
            usd: Decimal::TEN,
        });
        rows.collect()
    }

    fn trace(kind: TraceKind, counts: [u32; 2]) -> [Trace; 1] {
        [Trace::new("a", kind, 600, counts.repeat(20)).unwrap()]
    }

    fn plain(report: &Report<'_>) -> String {
        console::strip_ansi_codes(&report.to_string()).into_owned()
    }

    fn is_as_its_schema_says(traces: &[Trace], fleet: Fleet, wanted: &Availability, rows: &[Row]) {
        let schema = include_str!("../../../../../schemas/backtest-availability.json");
        let schema = serde_json::from_str(schema).unwrap();
        let document = Document::of(traces, &fleet, wanted, rows);
        let document = serde_json::to_value(document).unwrap();
        jsonschema::validate(&schema, &document).unwrap();
    }

    #[test]
    fn each_policy_is_reported_and_the_document_is_as_its_schema_says() {
        let traces = trace(TraceKind::Availability, [1, 0]);
        let fleet = Fleet::of(1);
        let (wanted, rows) = (wanted(), rows(&traces, fleet));
        let report = plain(&Report {
            traces: &traces,
            fleet,
            wanted: &wanted,
            rows: &rows,
        });
        for part in [
            "a: spot could be had 50 % of 6h 40m",
            "jobs of 240 s, that ask for 0.6 of a worker's time\n",
            "spot 0.918 and on-demand 3.06 USD per hour",
            "SpotManager ",
            "plain rule",
            "100 %",
            "of the bound",
            "is the lower bound",
        ] {
            assert!(report.contains(part), "{part} in {report}");
        }
        let wanted = Availability {
            spot_price: Decimal::TEN,
            ..wanted
        };
        let of_dear = plain(&Report {
            traces: &traces,
            fleet,
            wanted: &wanted,
            rows: &rows,
        });
        assert!(!of_dear.contains("of the bound"), "{of_dear}");
        assert!(!of_dear.contains("is the lower bound"), "{of_dear}");
        // Neither kind of hour is none because it is less than one.
        assert_eq!(tenths(200, 3_600), "0.1");
        is_as_its_schema_says(&traces, fleet, &wanted, &rows);
    }

    #[test]
    fn of_several_instances_each_way_to_scale_up_is_reported() {
        let fleet = Fleet::of(4);
        for (kind, seen) in [
            (
                TraceKind::Availability,
                "a: 2.0 of 4 spot instances could be had on average of 6h 40m\n",
            ),
            (
                TraceKind::Preemption,
                "a: 80 of 4 spot instances were taken back within 6h 40m; spot can always be had\n",
            ),
        ] {
            let traces = trace(kind, [4, 0]);
            let rows = rows(&traces, fleet);
            let wanted = Availability {
                jobs_at_once: 20,
                ..wanted()
            };
            let report = plain(&Report {
                traces: &traces,
                fleet,
                wanted: &wanted,
                rows: &rows,
            });
            for part in [
                seen,
                "jobs of 240 s, 20 at once, that ask for",
                "at most 4 instances, each with 10 jobs waiting before it",
                "SpotManager, scaling-policy",
                "SpotManager, desired-capacity",
                "of the clairvoyant",
                "jobs restarted",
                "what the queue needs",
            ] {
                assert!(report.contains(part), "{part} in {report}");
            }
            is_as_its_schema_says(&traces, fleet, &wanted, &rows);
        }
    }
}
