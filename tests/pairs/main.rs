//! Executions of one pair of groups in numbers, and next to each other: mass reclaims, returns of many,
//! and what they do to each other's instances. On a local AWS of their own, because each event of an
//! instance reaches every deployment that replaces lost capacity.

mod mass_reclaim;
mod next_to_each_other;
mod pair;
mod return_of_many;
#[path = "../end_to_end/scale_calls.rs"]
mod scale_calls;
#[allow(dead_code)]
#[path = "../end_to_end/workers.rs"]
mod workers;

use std::process::ExitCode;

/// Most of a test is waiting for AWS.
const AT_ONCE: usize = 3;

fn main() -> anyhow::Result<ExitCode> {
    spotmanager_testbed::run("pairs", |suite| {
        suite.at_once(AT_ONCE);
        mass_reclaim::add(suite);
        return_of_many::add(suite);
        next_to_each_other::add(suite);
    })
}
