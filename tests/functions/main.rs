//! Each function's real binary, run through the Lambda runtime API on the test events of
//! `tests/events/`, against the local AWS: what it is for, and every refusal.

mod changed;
mod corpus;
mod counted;
mod discover;
mod evaluate;
mod groups;
mod launch;
mod losses;
mod lower;
mod machine;
mod metrics;
mod next_to_others;
mod prices;
mod raise;
mod reports;
mod scale;
mod start;
mod two_groups;
mod verify;

use std::process::ExitCode;

fn main() -> anyhow::Result<ExitCode> {
    spotmanager_testbed::run("functions", |suite| {
        start::add(suite);
        discover::add(suite);
        evaluate::add(suite);
        prices::add(suite);
        scale::add(suite);
        raise::add(suite);
        launch::add(suite);
        lower::add(suite);
        losses::add(suite);
        verify::add(suite);
        two_groups::add(suite);
        next_to_others::add(suite);
        reports::add(suite);
        metrics::add(suite);
        corpus::add(suite);
    })
}
