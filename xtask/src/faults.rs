//! Every call of every function going wrong in every way, on the local AWS.

use anyhow::Result;
use clap::Args;

use crate::suite::run_suite;

/// What goes wrong.
#[derive(Debug, Args)]
pub(crate) struct Faults {
    /// Draws so many pairs of faults instead, in executions that run next to each other, and writes
    /// nothing.
    #[arg(long, value_name = "N")]
    pairs: Option<usize>,
    /// What is drawn: the same for the same seed.
    #[arg(long, value_name = "S", default_value_t = 1, requires = "pairs")]
    seed: u64,
}

/// Runs every combination, and writes what came of each into `docs/faults.md`; or the pairs.
pub(crate) fn run_faults(faults: &Faults) -> Result<()> {
    let variable = match faults.pairs {
        Some(pairs) => (
            "SPOTMANAGER_FAULT_PAIRS",
            format!("{pairs}:{}", faults.seed),
        ),
        None => ("SPOTMANAGER_WRITE_FAULTS", "true".to_owned()),
    };
    run_suite("faults", [(variable.0.to_owned(), variable.1)])
}
