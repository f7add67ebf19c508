//! Groups of several instances.

use spotmanager_backtest::{Fleet, Jobs, Outcome, Policy, Prices, Scene, Timings, Trace, replay};
use spotmanager_domain::settings::LaunchBy;

use crate::{JOB_SECONDS, Setting, available, percent_of, settings};

/// How jobs come, for a trace of so many nodes.
struct Load {
    /// How many workers' time they ask for, as a share of the nodes.
    share: f64,
    /// How many come at once, for each node; 0 for one at a time.
    at_once: u32,
}

const LOADS: [Load; 4] = [
    Load {
        share: 0.25,
        at_once: 0,
    },
    Load {
        share: 0.5,
        at_once: 0,
    },
    Load {
        share: 0.25,
        at_once: 5,
    },
    Load {
        share: 0.5,
        at_once: 10,
    },
];

/// What a policy came to on one trace with one load.
struct Row {
    policy: Policy,
    /// What it cost, percent of what the clairvoyant's did.
    percent: f64,
    /// How much longer jobs waited than the clairvoyant's, seconds of each job.
    beyond_seconds: i64,
    restarted: u64,
}

/// Tables for each setting: each trace, and what it comes to.
pub(crate) fn tables(traces: &[&Trace], prices: Prices) {
    if traces.is_empty() {
        return;
    }
    for Setting { title, timings } in settings() {
        println!("### Several instances, {title}\n");
        println!(
            "| zone | nodes | spot available | load | at once | policy | USD | of the clairvoyant | waited, job-minutes | beyond the clairvoyant | jobs restarted | interruptions | jobs done |"
        );
        println!("|---|---|---|---|---|---|---|---|---|---|---|---|---|");
        let mut rows = Vec::new();
        for trace in traces {
            for load in &LOADS {
                rows.extend(play(trace, load, timings, prices));
            }
        }
        println!();
        summary(&rows);
    }
}

/// Plays every policy, and prints what each came to.
fn play(trace: &Trace, load: &Load, timings: Timings, prices: Prices) -> Vec<Row> {
    let nodes = trace.nodes();
    let jobs = Jobs {
        load: load.share * f64::from(nodes),
        job_seconds: JOB_SECONDS,
        at_once: (load.at_once * nodes).max(1),
        seed: 1,
    };
    let scene = Scene {
        traces: std::slice::from_ref(trace),
        jobs,
        timings,
        fleet: Fleet::of(nodes),
    };
    let bound = replay(Policy::Clairvoyant, scene);
    let played = Policy::all(&scene.fleet).map(|policy| {
        let outcome = replay(policy, scene);
        let Outcome {
            jobs_waited_seconds,
            jobs_restarted,
            interruptions,
            jobs_done,
            ..
        } = outcome;
        let beyond_seconds = beyond(bound, outcome);
        let percent = percent_of(bound, outcome, prices);
        println!(
            "| {} | {nodes} | {} | {} | {} | {policy} | {:.0} | {percent:.1} % | {} | {} | {jobs_restarted} | {interruptions} | {jobs_done} |",
            trace.zone(),
            available(trace),
            jobs.load,
            jobs.at_once,
            outcome.usd(prices),
            jobs_waited_seconds / 60,
            beyond_seconds / 60,
        );
        Row {
            policy,
            percent,
            beyond_seconds,
            restarted: jobs_restarted,
        }
    });
    played.collect()
}

/// How much longer jobs waited than the clairvoyant's, seconds of each job.
fn beyond(bound: Outcome, outcome: Outcome) -> i64 {
    let seconds = |outcome: Outcome| i64::try_from(outcome.jobs_waited_seconds);
    match (seconds(outcome), seconds(bound)) {
        (Ok(outcome), Ok(bound)) => outcome - bound,
        _ => i64::MAX,
    }
}

/// What each `LaunchBy` comes to over all traces and loads.
fn summary(rows: &[Row]) {
    let of = |policy| rows.iter().filter(move |row| row.policy == policy);
    let beyond = |policy| of(policy).map(|row| row.beyond_seconds).sum::<i64>();
    let by_policy = beyond(Policy::SpotManager(LaunchBy::ScalingPolicy));
    println!(
        "| policy | of the clairvoyant, average | at most | beyond the clairvoyant, job-minutes | of scaling-policy's | jobs restarted |"
    );
    println!("|---|---|---|---|---|---|");
    for policy in Policy::all(&Fleet::of(2)) {
        if !matches!(policy, Policy::SpotManager(_)) {
            continue;
        }
        let percents: Vec<_> = of(policy).map(|row| row.percent).collect();
        let count = f64::from(u32::try_from(percents.len()).unwrap_or(u32::MAX));
        let average = percents.iter().sum::<f64>() / count;
        let most = percents.into_iter().fold(0.0, f64::max);
        let share = match by_policy {
            1.. => format!("{} %", beyond(policy).saturating_mul(100) / by_policy),
            _ => String::new(),
        };
        let restarted: u64 = of(policy).map(|row| row.restarted).sum();
        println!(
            "| {policy} | {average:.1} % | {most:.1} % | {} | {share} | {restarted} |",
            beyond(policy) / 60,
        );
    }
    println!();
}
