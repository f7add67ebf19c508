//! A thousand alarms within a minute on the local AWS, or as many as are asked for.

use anyhow::Result;
use clap::Args;

use crate::suite::run_suite;

/// The load; the soak is ten thousand transitions within 3,000 seconds.
#[derive(Args)]
pub(crate) struct Load {
    /// Transitions of alarms, over all stacks
    #[arg(long, default_value_t = 1000)]
    transitions: usize,
    /// Stacks of workers
    #[arg(long, default_value_t = 200)]
    stacks: usize,
    /// Within how long the transitions are delivered, seconds of AWS
    #[arg(long, default_value_t = 60.0)]
    within_seconds: f64,
    /// The share of AWS's rates that holds
    #[arg(long, default_value_t = 1.0)]
    share: f64,
    /// How long a second of AWS lasts, seconds: as long as this machine needs to follow
    #[arg(long, default_value_t = 5.0)]
    time_scale: f64,
    /// What the deliveries are drawn with
    #[arg(long, default_value_t = 1)]
    seed: u64,
}

/// Runs the load, which prints what it saw and writes it into `docs/load.md`.
pub(crate) fn run_load(load: &Load) -> Result<()> {
    let variables = [
        ("WRITE", "true".to_owned()),
        ("TRANSITIONS", load.transitions.to_string()),
        ("STACKS", load.stacks.to_string()),
        ("WITHIN_SECONDS", load.within_seconds.to_string()),
        ("SHARE", load.share.to_string()),
        ("TIME_SCALE", load.time_scale.to_string()),
        ("SEED", load.seed.to_string()),
    ];
    let variables = variables.map(|(name, value)| (format!("SPOTMANAGER_LOAD_{name}"), value));
    run_suite("load", variables)
}
