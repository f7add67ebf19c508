//! The local AWS itself, called by AWS's SDK: what it does where AWS leaves it open, and what no
//! function calls in each way.

mod launch;
mod launch_groups;
mod launch_rights;
mod launch_tokens;
mod launcher;

use std::process::ExitCode;

fn main() -> anyhow::Result<ExitCode> {
    spotmanager_testbed::run("local_aws", |suite| {
        launch::add(suite);
        launch_tokens::add(suite);
        launch_groups::add(suite);
        launch_rights::add(suite);
    })
}
