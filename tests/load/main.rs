//! Many alarms within a minute, over many stacks, each delivered one to three times in any order,
//! with AWS's throttling: each brings one instance, none is lost and none is doubled.
//!
//! Without anything asked for it is a small load. `cargo xtask load` runs a thousand alarms, or as
//! many as it is told, and writes what it saw into `docs/load.md`.

mod deliveries;
mod farms;
mod load;
mod page;
mod report;

use std::process::ExitCode;

use anyhow::Result;
use load::Load;

fn main() -> Result<ExitCode> {
    let load = Load::from_environment()?;
    spotmanager_testbed::run_at(load.time_scale, "load", |suite| {
        suite.test(&format!("load: {load}"), async move |stage| {
            load.run(stage).await
        });
    })
}
