//! Groups of one instance.

use spotmanager_backtest::{Fleet, Jobs, Outcome, Policy, Prices, Scene, Timings, Trace, replay};

use crate::{JOB_SECONDS, Setting, available, percent_of, settings};

/// The jobs' shares of one worker's time.
const LOADS: [f64; 3] = [0.2, 0.6, 1.5];

/// A table for each setting.
pub(crate) fn tables(traces: &[&Trace], prices: Prices) {
    if traces.is_empty() {
        return;
    }
    for Setting { title, timings } in settings() {
        println!("### One instance, {title}\n");
        println!(
            "| zone | spot available | load | policy | USD | of the bound | waited, minutes | longest wait, seconds | interruptions | changes of kind | jobs done |"
        );
        println!("|---|---|---|---|---|---|---|---|---|---|---|");
        for trace in traces {
            for load in LOADS {
                rows(trace, load, timings, prices);
            }
        }
        println!();
    }
}

fn rows(trace: &Trace, load: f64, timings: Timings, prices: Prices) {
    let scene = Scene {
        traces: std::slice::from_ref(trace),
        jobs: Jobs {
            load,
            job_seconds: JOB_SECONDS,
            at_once: 1,
            seed: 1,
        },
        timings,
        fleet: Fleet::of(1),
    };
    let bound = replay(Policy::Clairvoyant, scene);
    for policy in Policy::all(&scene.fleet) {
        let outcome = replay(policy, scene);
        let Outcome {
            waited_seconds,
            longest_wait_seconds,
            interruptions,
            switches,
            jobs_done,
            ..
        } = outcome;
        println!(
            "| {} | {} | {load} | {policy} | {:.0} | {:.1} % | {} | {longest_wait_seconds} | {interruptions} | {switches} | {jobs_done} |",
            trace.zone(),
            available(trace),
            outcome.usd(prices),
            percent_of(bound, outcome, prices),
            waited_seconds / 60,
        );
    }
}
