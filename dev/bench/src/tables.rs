//! The tables of a report.

use anyhow::Result;
use comfy_table::Table;
use spotmanager_artifacts::FUNCTIONS;

use crate::{
    latency::Latency,
    pages,
    results::{DECIDING, Results},
    subject::ORIGINAL,
    targets::{self, Target},
    transitions::ALARMS,
};

fn table<const N: usize>(header: [&str; N], rows: impl IntoIterator<Item = [String; N]>) -> Table {
    let mut table = Table::new();
    table.set_header(header);
    for row in rows {
        table.add_row(row);
    }
    table
}

/// Every target, and whether it is met.
pub(crate) fn targets(results: &Results) -> Result<Table> {
    let row = |target: Target| {
        let met = if target.is_met { "yes" } else { "no" };
        let met = met.to_owned();
        [target.measure, target.target, target.measured, met]
    };
    let rows = targets::all(results)?.into_iter().map(row);
    Ok(table(["measure", "target", "measured", "met"], rows))
}

/// Starts, memory, packages and CPU time of each program.
pub(crate) fn programs(results: &Results, names: &[&'static str]) -> Table {
    let row = |name: &&'static str| {
        let name = *name;
        let start = results.starts.get(name);
        let figures = results.decisions.get(name);
        let shown = |text: Option<String>| text.unwrap_or_else(|| "–".to_owned());
        [
            name.to_owned(),
            shown(start.map(|start| start.milliseconds.shown(2))),
            format!(
                "{:.1}",
                results.times_less(|name| results.start(name), name)
            ),
            format!("{:.2}", results.times_empty(name)),
            shown(start.map(|start| start.peak_mib.shown(2))),
            shown(figures.map(|figures| figures.peak_mib.shown(2))),
            shown(figures.map(|figures| figures.cpu_milliseconds.shown(2))),
            shown(results.package(name).map(|kib| format!("{kib:.0}"))),
            shown(results.instructions(name).map(|count| count.to_string())),
        ]
    };
    table(
        [
            "program",
            "start to first poll, ms",
            "original ÷ it",
            "it ÷ empty runtime",
            "peak memory at first poll, MiB",
            "over a decision, MiB",
            "CPU time, warm, ms",
            "package, KiB",
            "instructions to first poll",
        ],
        names.iter().map(row),
    )
}

/// The calls of the first decision.
pub(crate) fn calls(results: &Results) -> Table {
    let row = |name: &'static str| {
        let figures = results.decisions.get(name);
        let first = figures.map_or(&[][..], |figures| figures.first_calls.as_slice());
        let warm = figures.map_or(0, |figures| figures.warm_calls.len());
        let counts = [first.len(), warm].map(|count| count.to_string());
        let [first_count, warm_count] = counts;
        [name.to_owned(), first_count, warm_count, listed(first)]
    };
    let rows = FUNCTIONS.into_iter().chain([ORIGINAL]).map(row);
    let (ours, originals) = results.calls();
    let sum = [
        "SpotManager without *verify*, original".to_owned(),
        format!("{ours}, {originals}"),
        String::new(),
        String::new(),
    ];
    table(
        ["program", "first decision", "warm", "actions"],
        rows.chain([sum]),
    )
}

/// Each action, or state, once, in the order of the first, with how often it was there.
pub(crate) fn listed<S: AsRef<str>>(calls: &[S]) -> String {
    let mut counts: Vec<(&str, usize)> = Vec::new();
    for call in calls.iter().map(AsRef::as_ref) {
        match counts.iter_mut().find(|(action, _)| *action == call) {
            Some((_, count)) => *count += 1,
            None => counts.push((call, 1)),
        }
    }
    let shown = counts.iter().map(|(action, count)| match count {
        1 => (*action).to_owned(),
        count => format!("{count} × {action}"),
    });
    shown.collect::<Vec<_>>().join(", ")
}

/// The critical paths, and what a delay of every call adds.
pub(crate) fn latency(results: &Results) -> Result<Table> {
    let mut rows = Vec::new();
    for name in DECIDING {
        rows.push(latency_row(name, &Latency::of(results, name)?));
    }
    let whole = Latency::of_decision(results)?;
    rows.push(latency_row("the whole decision", &whole));
    for name in ["verify", ORIGINAL] {
        rows.push(latency_row(name, &Latency::of(results, name)?));
    }
    Ok(table(
        [
            "program",
            "chain of calls",
            "critical path, ms",
            "without delay, ms",
            "with 50 ms, ms",
            "added, ms",
            "added ÷ critical path",
        ],
        rows,
    ))
}

fn latency_row(name: &str, latency: &Latency) -> [String; 7] {
    let (added, least) = (latency.added(), latency.least());
    [
        name.to_owned(),
        latency.chain.join(" → "),
        format!("{least:.0}"),
        format!("{:.1}", latency.milliseconds),
        format!("{:.1}", latency.delayed),
        format!("{added:.1}"),
        format!("{:.2}", added / least),
    ]
}

/// *evaluate* over many pages.
pub(crate) fn pages(results: &Results) -> Table {
    let pages = &results.pages;
    let row = |what: &str, figure: String| [what.to_owned(), figure];
    table(
        ["1,000 instance types in six zones", "figure"],
        [
            row(
                "price changes in the hour, of each price",
                pages::CHANGES.to_string(),
            ),
            row("price records", pages.records.to_string()),
            row("pages of prices", pages.pages.to_string()),
            row("calls beside them", pages.other_calls.to_string()),
            row("replies, MiB", pages.reply_mib.shown(2)),
            row("peak memory, MiB", pages.peak_mib.shown(2)),
            row(
                "memory for each 10 bytes of longer replies, bytes",
                pages.growth_per_ten_bytes.shown(2),
            ),
            row("CPU time, s", pages.cpu_seconds.shown(2)),
            row(
                "answer, KiB (Step Functions takes 256)",
                pages.answer_kib.shown(0),
            ),
        ],
    )
}

/// State transitions, and what they cost a month.
pub(crate) fn transitions(results: &Results) -> Table {
    let decisions = &results.transitions;
    let each = [
        ("usual path: spot comes", decisions.usual),
        ("fallback: on-demand comes", decisions.fallback),
    ];
    let rows = each.map(|(path, transitions)| {
        let costs = ALARMS.map(|alarms| {
            let usd = transitions.cost(alarms).round_dp(5);
            usd.normalize().to_string()
        });
        let [few, some, many] = costs;
        let (count, looks) = (transitions.count.to_string(), transitions.looks.to_string());
        [path.to_owned(), count, looks, few, some, many]
    });
    table(
        [
            "decision",
            "transitions",
            "looks",
            "USD a month, 10 alarms",
            "1,000 alarms",
            "100,000 alarms",
        ],
        rows,
    )
}

/// What criterion measured.
pub(crate) fn hot_path(results: &Results) -> Table {
    let rows = results.hot_path.iter().map(|path| {
        [
            path.name.to_owned(),
            path.samples.to_string(),
            format!("{:.1} ({:.1})", path.nanoseconds, path.deviation),
        ]
    });
    table(["what", "price records", "ns for each record"], rows)
}

/// What building takes.
pub(crate) fn builds(results: &Results) -> Table {
    let [seconds, peak] = results.builds.map_or_else(
        || ["not measured", "not measured"].map(str::to_owned),
        |builds| [builds.seconds, builds.peak_mib].map(|figure| format!("{figure:.0}")),
    );
    table(
        ["build", "time, s", "memory of its largest process, MiB"],
        [[
            "the five functions for release, from nothing".to_owned(),
            seconds,
            peak,
        ]],
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_action_that_is_called_twice_is_told_once() {
        let calls = ["DescribePolicies", "ExecutePolicy", "DescribePolicies"];
        assert_eq!(
            listed(&calls.map(str::to_owned)),
            "2 × DescribePolicies, ExecutePolicy"
        );
    }
}
