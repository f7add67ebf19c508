//! `spotmanager-verify-on-aws`: wiring only.

use std::process::ExitCode;

use clap::Parser;
use spotmanager_verify_on_aws::{Arguments, run};

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    // Boxed, so that the SDK's futures do not lie too deep.
    Box::pin(run(Arguments::parse())).await
}
