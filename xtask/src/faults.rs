//! Every call of every function going wrong in every way, on the local AWS.

use anyhow::Result;

use crate::suite::run_suite;

/// Runs every combination, and writes what came of each into `docs/faults.md`.
pub(crate) fn run_faults() -> Result<()> {
    let write = "SPOTMANAGER_WRITE_FAULTS".to_owned();
    run_suite("faults", [(write, "true".to_owned())])
}
