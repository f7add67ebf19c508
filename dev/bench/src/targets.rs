//! The targets, and how far they are met.

use anyhow::Result;

use crate::{
    instructions::START_BOUND,
    latency::Latency,
    results::{Results, highest},
    subject::EMPTY,
};

/// The functions that EC2's client is linked into.
const WITH_EC2: [&str; 2] = ["discover", "evaluate"];

/// One target.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Target {
    pub(crate) measure: String,
    pub(crate) target: String,
    pub(crate) measured: String,
    pub(crate) is_met: bool,
}

impl Target {
    fn at_most(measure: impl Into<String>, most: f64, measured: f64, unit: &str) -> Self {
        Self {
            measure: measure.into(),
            target: format!("at most {most} {unit}"),
            measured: format!("{measured:.2} {unit}"),
            is_met: measured <= most,
        }
    }

    fn at_least(measure: impl Into<String>, least: f64, measured: f64, unit: &str) -> Self {
        Self {
            measure: measure.into(),
            target: format!("at least {least} {unit}"),
            measured: format!("{measured:.1} {unit}"),
            is_met: measured >= least,
        }
    }
}

/// Every target, each for the worst function.
pub(crate) fn all(results: &Results) -> Result<Vec<Target>> {
    let mut targets = starts(results);
    targets.extend(memory(results));
    targets.extend(packages(results));
    targets.extend(decision(results)?);
    targets.extend(pages(results));
    targets.extend(hot_path(results));
    Ok(targets)
}

fn starts(results: &Results) -> Vec<Target> {
    let (slowest, milliseconds) = highest(|name| results.start(name));
    let times_less = results.times_less(|name| results.start(name), slowest);
    let times_empty = results.times_empty(slowest);
    let measure = format!("start to first poll, *{slowest}*");
    let mut targets = vec![
        Target::at_most(measure, 6.0, milliseconds, "ms"),
        Target::at_least("the original's, divided by it", 50.0, times_less, "times"),
        Target::at_most(
            "it, divided by the empty runtime's",
            1.5,
            times_empty,
            "times",
        ),
    ];
    let instructions = |name: &str| {
        let count = results.instructions(name)?;
        Some(f64::from(u32::try_from(count).unwrap_or(u32::MAX)))
    };
    if let Some(empty) = instructions(EMPTY) {
        let (most, count) = highest(|name| instructions(name).unwrap_or(f64::NAN));
        targets.push(Target::at_most(
            format!("instructions to first poll, *{most}*, divided by the empty runtime's"),
            START_BOUND,
            count / empty,
            "times",
        ));
    }
    targets
}

fn memory(results: &Results) -> Vec<Target> {
    let at_start = |name: &str| results.memory_at_start(name);
    let over_decision = |name: &str| results.of_decision(name, |figures| figures.peak_mib.median());
    let (first, at_first) = highest(at_start);
    let (most, over) = highest(over_decision);
    vec![
        Target::at_most(
            format!("peak memory at the first poll, *{first}*"),
            6.0,
            at_first,
            "MiB",
        ),
        Target::at_least(
            "the original's, divided by it",
            6.0,
            results.times_less(at_start, first),
            "times",
        ),
        Target::at_most(
            format!("peak memory over a decision, *{most}*"),
            12.0,
            over,
            "MiB",
        ),
        Target::at_least(
            "the original's, divided by it",
            6.0,
            results.times_less(over_decision, most),
            "times",
        ),
    ]
}

fn packages(results: &Results) -> Vec<Target> {
    let mib = |name: &str| results.package(name).unwrap_or(f64::NAN) / 1024.0;
    let largest = |with_ec2: bool| {
        highest(|name| {
            let is_asked_for = WITH_EC2.contains(&name) == with_ec2;
            if is_asked_for { mib(name) } else { 0.0 }
        })
    };
    let ((without, small), (with, large)) = (largest(false), largest(true));
    vec![
        Target::at_most(format!("package, *{without}*"), 1.5, small, "MiB"),
        Target::at_most(format!("package with EC2, *{with}*"), 2.0, large, "MiB"),
    ]
}

fn decision(results: &Results) -> Result<Vec<Target>> {
    let cpu = |name: &str| results.of_decision(name, |figures| figures.cpu_milliseconds.median());
    let (busiest, milliseconds) = highest(cpu);
    let (calls, of_original) = results.calls();
    let latency = Latency::of_decision(results)?;
    let measure = format!("CPU time of a warm invocation, *{busiest}*");
    Ok(vec![
        Target::at_most(measure, 2.0, milliseconds, "ms"),
        Target {
            measure: "AWS calls of a decision".to_owned(),
            target: format!("no more than the original's {of_original}"),
            measured: calls.to_string(),
            is_met: calls <= of_original,
        },
        Target::at_most(
            "what 50 ms more for every call add to a decision, divided by its critical path",
            1.15,
            latency.added() / latency.least(),
            "times",
        ),
    ])
}

fn pages(results: &Results) -> Vec<Target> {
    let pages = &results.pages;
    let of_small_market = results.decisions.get("evaluate");
    let of_small_market = of_small_market.map_or(0, |figures| figures.first_calls.len());
    vec![
        Target {
            measure: "calls of *evaluate* for 6,000 pools, beside the pages of prices".to_owned(),
            target: format!(
                "no more than the {} for 3 pools",
                of_small_market.saturating_sub(1)
            ),
            measured: pages.other_calls.to_string(),
            is_met: pages.other_calls < of_small_market,
        },
        Target::at_most(
            "memory for each 10 bytes of a longer price history",
            1.0,
            pages.growth_per_ten_bytes.median(),
            "bytes",
        ),
        Target::at_most(
            "CPU time of *evaluate* for 6,000 pools",
            1.0,
            pages.cpu_seconds.median(),
            "s",
        ),
    ]
}

/// Linear, but for what a deeper tree and a smaller share of the cache cost.
fn hot_path(results: &Results) -> Option<Target> {
    let of = |samples: u32| {
        let mut all = results.hot_path.iter();
        all.find(|path| path.name == "average" && path.samples == samples)
    };
    let (shorter, longer) = (of(10_000)?, of(1_000_000)?);
    Some(Target::at_most(
        "the average's time for each of 1,000,000 records, divided by that for each of 10,000",
        2.0,
        longer.nanoseconds / shorter.nanoseconds,
        "times",
    ))
}
