//! The `spotmanager` command: wiring only.

use std::process::ExitCode;

use clap::Parser;
use spotmanager_cli::{Arguments, run};

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    run(Arguments::parse()).await
}
