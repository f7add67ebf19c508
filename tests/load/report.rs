//! What was seen, for people, and whether it is right.

use std::{collections::BTreeMap, fmt};

use anyhow::{Result, ensure};
use comfy_table::{Table, presets};
use spotmanager_fake_aws::{RATE_LIMITS, RateLimit, ThrottledCalls};
use spotmanager_testbed::GroupSize;

use crate::{farms::Outcome, load::Load};

/// What was measured, in seconds of AWS.
pub(crate) struct Measured {
    pub(crate) deliveries: usize,
    /// From the first delivery to the last.
    pub(crate) delivered_after: f64,
    /// From the first delivery to the end of the last execution.
    pub(crate) ended_after: f64,
}

/// All that was seen.
pub(crate) struct Report<'a> {
    pub(crate) load: &'a Load,
    pub(crate) measured: Measured,
    pub(crate) outcome: &'a Outcome,
    pub(crate) calls: &'a [ThrottledCalls],
}

impl Report<'_> {
    /// Checks that each transition had one execution, which succeeded and scaled its stack once.
    pub(crate) fn expect_each_once(&self) -> Result<()> {
        let Load { transitions, .. } = *self.load;
        let Outcome {
            executions,
            groups,
            dead_letters,
        } = self.outcome;
        let succeeded = BTreeMap::from([("SUCCEEDED".to_owned(), transitions)]);
        ensure!(
            *executions == succeeded,
            "{executions:?} executions instead of {transitions} that succeeded"
        );
        let expected = self.load.per_stack();
        for (number, sizes) in groups.iter().enumerate() {
            let desired: i32 = sizes.iter().map(|size| size.desired).sum();
            let in_service: usize = sizes.iter().map(|size| size.in_service).sum();
            ensure!(
                (desired, in_service) == (GroupSize::settled(expected).desired, expected),
                "stack {number} has {sizes:?} instead of {expected} instances"
            );
        }
        let executed = self.let_through("ExecutePolicy");
        ensure!(
            usize::try_from(executed)? == transitions,
            "{executed} scaling policies were executed for {transitions} transitions"
        );
        ensure!(*dead_letters == 0, "{dead_letters} events were given up on");
        Ok(())
    }

    /// How many calls of an action were not throttled.
    fn let_through(&self, action: &str) -> u64 {
        let calls = self.calls.iter().filter(|calls| calls.action == action);
        calls.map(|calls| calls.calls - calls.throttled).sum()
    }

    fn summary(&self) -> Table {
        let Load {
            transitions,
            stacks,
            within_seconds,
            share,
            time_scale,
            seed,
            ..
        } = self.load;
        let instances = |market: usize| -> usize {
            let groups = self.outcome.groups.iter();
            groups.map(|sizes| sizes[market].in_service).sum()
        };
        let executions: usize = self.outcome.executions.values().sum();
        let (calls, throttled) = self.calls.iter().fold((0, 0), |(calls, throttled), of| {
            (calls + of.calls, throttled + of.throttled)
        });
        let mut table = table(&["what", "how much"]);
        for (what, how_much) in [
            (
                "transitions",
                format!("{transitions} over {stacks} stacks within {within_seconds} s"),
            ),
            (
                "deliveries",
                format!("{}, drawn with the seed {seed}", self.measured.deliveries),
            ),
            ("executions", executions.to_string()),
            (
                "instances in service",
                format!("{} spot, {} on-demand", instances(0), instances(1)),
            ),
            ("events given up on", self.outcome.dead_letters.to_string()),
            (
                "calls to AWS",
                format!("{calls}, of which {throttled} throttled"),
            ),
            ("share throttled", share_of(throttled, calls)),
            ("share of AWS's rates", percent(*share)),
            (
                "last delivery after",
                format!("{:.0} s", self.measured.delivered_after),
            ),
            (
                "last execution ended after",
                format!("{:.0} s", self.measured.ended_after),
            ),
            ("a second of AWS lasted", format!("{time_scale} s")),
        ] {
            table.add_row([what.to_owned(), how_much]);
        }
        table
    }

    fn by_action(&self) -> Table {
        let mut table = table(&["action", "calls", "throttled", "share throttled"]);
        for of in self.calls {
            table.add_row([
                format!("{}:{}", of.service, of.action),
                of.calls.to_string(),
                of.throttled.to_string(),
                share_of(of.throttled, of.calls),
            ]);
        }
        table
    }
}

impl fmt::Display for Report<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}\n\n{}", self.summary(), self.by_action())
    }
}

/// The rates that hold, with the pages that say so.
pub(crate) fn rates() -> Table {
    let mut table = table(&["action", "bucket", "per second", "source"]);
    for limit in RATE_LIMITS {
        let RateLimit {
            service,
            action,
            bucket,
            per_second,
            documented_in,
        } = limit;
        table.add_row([
            format!("{service}:{}", action.unwrap_or("*")),
            bucket.to_string(),
            per_second.to_string(),
            documented_in.map_or("assumed".to_owned(), |page| format!("[AWS]({page})")),
        ]);
    }
    table
}

fn table(headers: &[&str]) -> Table {
    let mut table = Table::new();
    table
        .load_style(presets::ASCII_MARKDOWN)
        .set_header(headers.iter().copied());
    table
}

fn share_of(part: u64, whole: u64) -> String {
    // Counts are far below what a float holds exactly.
    percent(part as f64 / whole.max(1) as f64)
}

fn percent(share: f64) -> String {
    format!("{:.1} %", 100.0 * share)
}
