//! `spotmanager backtest availability`: whether jobs would have waited.

mod document;
mod notes;
mod report;
mod traces;

use anyhow::Result;
use rust_decimal::Decimal;
use spotmanager_backtest::{Fleet, Jobs, Outcome, Policy, Prices, Scene, Timings, Trace, replay};

use crate::{
    arguments::{Availability, Output},
    print::{print, print_json},
};
use document::Document;
use report::Report;

/// A policy with what it came to.
#[derive(Clone, Copy, Debug)]
struct Row {
    policy: Policy,
    outcome: Outcome,
    /// USD, to the cent.
    usd: Decimal,
}

/// Replays every policy, and reports what each came to.
pub(super) fn run(wanted: &Availability, output: Output) -> Result<()> {
    let traces = traces::read(&wanted.traces)?;
    let fleet = fleet(&traces, wanted);
    let scene = Scene {
        traces: &traces,
        jobs: Jobs {
            load: wanted.load,
            job_seconds: wanted.job_seconds,
            at_once: wanted.jobs_at_once,
            seed: wanted.seed,
        },
        timings: timings(wanted),
        fleet,
    };
    let prices = Prices {
        spot: wanted.spot_price,
        on_demand: wanted.on_demand_price,
    };
    let rows = Policy::all(&fleet).map(|policy| {
        let outcome = replay(policy, scene);
        let usd = outcome.usd(prices).round_dp(2);
        Row {
            policy,
            outcome,
            usd,
        }
    });
    let rows: Vec<_> = rows.collect();
    match output {
        Output::Json => print_json(&Document::of(&traces, &fleet, wanted, &rows))?,
        Output::Table => print(Report {
            traces: &traces,
            fleet,
            wanted,
            rows: &rows,
        })?,
    }
    Ok(())
}

/// How many instances the groups may have.
fn fleet(traces: &[Trace], wanted: &Availability) -> Fleet {
    let nodes = traces.iter().map(Trace::nodes).max().unwrap_or_default();
    Fleet {
        max_size: wanted.max_size.unwrap_or(nodes.max(1)),
        target_backlog_per_instance: wanted.target_backlog_per_instance,
    }
}

/// The deployment's timings.
fn timings(wanted: &Availability) -> Timings {
    Timings {
        launch: wanted.launch_seconds,
        alarm_period: wanted.alarm_period_seconds,
        no_jobs_periods: wanted.no_jobs_evaluation_periods,
        scale_up_cooldown: wanted.scale_up_cooldown_seconds,
        scale_down_cooldown: wanted.scale_down_cooldown_seconds,
        verify_interval: wanted.verify_interval_seconds,
        spot_capacity_timeout: wanted.spot_capacity_timeout_seconds,
        launch_failure_window: wanted.launch_failure_window_seconds,
        return_to_spot: wanted.return_to_spot_seconds,
        ..Timings::default()
    }
}
