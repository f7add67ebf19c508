//! A backtest as JSON, as `schemas/backtest-availability.json` says.

use rust_decimal::Decimal;
use serde::Serialize;
use spotmanager_backtest::{Fleet, Outcome, Trace, TraceKind};

use super::Row;
use crate::arguments::Availability;

/// Every policy with what it came to.
#[derive(Debug, Serialize)]
pub(super) struct Document<'a> {
    version: &'static str,
    availability_zones: Vec<&'a str>,
    /// What each trace counts.
    trace_kinds: Vec<&'static str>,
    /// The most that each trace counts.
    trace_nodes: Vec<u32>,
    /// Of the shortest trace.
    seconds: u64,
    /// Of each trace.
    trace_seconds: Vec<u64>,
    notes: Vec<String>,
    max_size: u32,
    /// Absent if no queue is named.
    #[serde(skip_serializing_if = "Option::is_none")]
    target_backlog_per_instance: Option<Decimal>,
    load: f64,
    job_seconds: u32,
    jobs_at_once: u32,
    seed: u64,
    spot_price_usd: Decimal,
    on_demand_price_usd: Decimal,
    policies: Vec<Played>,
}

#[derive(Debug, Serialize)]
struct Played {
    policy: String,
    cost_usd: Decimal,
    spot_seconds: u64,
    on_demand_seconds: u64,
    waited_seconds: u64,
    longest_wait_seconds: u64,
    jobs_waited_seconds: u64,
    jobs_restarted: u64,
    interruptions: u64,
    switches: u64,
    jobs_done: u64,
}

impl<'a> Document<'a> {
    pub(super) fn of(
        traces: &'a [Trace],
        fleet: &Fleet,
        wanted: &Availability,
        rows: &[Row],
    ) -> Self {
        Self {
            version: "3",
            availability_zones: traces.iter().map(Trace::zone).collect(),
            trace_kinds: traces.iter().map(kind).collect(),
            trace_nodes: traces.iter().map(Trace::nodes).collect(),
            seconds: traces.iter().map(Trace::seconds).min().unwrap_or_default(),
            trace_seconds: traces.iter().map(Trace::seconds).collect(),
            notes: super::notes::of(traces, wanted),
            max_size: fleet.max_size,
            target_backlog_per_instance: fleet
                .has_queue()
                .then_some(fleet.target_backlog_per_instance),
            load: wanted.load,
            job_seconds: wanted.job_seconds,
            jobs_at_once: wanted.jobs_at_once,
            seed: wanted.seed,
            spot_price_usd: wanted.spot_price,
            on_demand_price_usd: wanted.on_demand_price,
            policies: rows.iter().map(Played::of).collect(),
        }
    }
}

fn kind(trace: &Trace) -> &'static str {
    match trace.kind() {
        TraceKind::Availability => "availability",
        TraceKind::Preemption => "preemption",
    }
}

impl Played {
    fn of(row: &Row) -> Self {
        let Outcome {
            spot_seconds,
            on_demand_seconds,
            waited_seconds,
            longest_wait_seconds,
            jobs_waited_seconds,
            jobs_restarted,
            jobs_done,
            switches,
            interruptions,
        } = row.outcome;
        Self {
            policy: row.policy.to_string(),
            cost_usd: row.usd,
            spot_seconds,
            on_demand_seconds,
            waited_seconds,
            longest_wait_seconds,
            jobs_waited_seconds,
            jobs_restarted,
            interruptions,
            switches,
            jobs_done,
        }
    }
}
