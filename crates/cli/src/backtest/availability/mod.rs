//! `spotmanager backtest availability`: whether jobs would have waited.

mod document;
mod notes;
mod report;
mod traces;

use anyhow::Result;
use rust_decimal::Decimal;
use spotmanager_backtest::{Jobs, Outcome, Policy, Prices, Scene, Timings, replay};

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
    let timings = timings(wanted);
    let scene = Scene {
        traces: &traces,
        jobs: Jobs {
            load: wanted.load,
            job_seconds: wanted.job_seconds,
            seed: wanted.seed,
        },
        timings,
    };
    let prices = Prices {
        spot: wanted.spot_price,
        on_demand: wanted.on_demand_price,
    };
    let rows: Vec<_> = Policy::ALL
        .into_iter()
        .map(|policy| {
            let outcome = replay(policy, scene);
            let usd = outcome.usd(prices).round_dp(2);
            Row {
                policy,
                outcome,
                usd,
            }
        })
        .collect();
    match output {
        Output::Json => print_json(&Document::of(&traces, wanted, &rows))?,
        Output::Table => print(Report {
            traces: &traces,
            wanted,
            rows: &rows,
        })?,
    }
    Ok(())
}

/// The deployment's timings.
fn timings(wanted: &Availability) -> Timings {
    Timings {
        launch: wanted.launch_seconds,
        alarm_period: wanted.alarm_period_seconds,
        no_jobs_periods: wanted.no_jobs_evaluation_periods,
        verify_interval: wanted.verify_interval_seconds,
        spot_capacity_timeout: wanted.spot_capacity_timeout_seconds,
        launch_failure_window: wanted.launch_failure_window_seconds,
        return_to_spot: wanted.return_to_spot_seconds,
        ..Timings::default()
    }
}
