//! The project's own commands: `cargo xtask test`.

mod check;

use clap::{Parser, Subcommand};

/// The project's own commands.
#[derive(Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask")]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Checks formatting and lints, and runs every test.
    Test,
}

fn main() -> anyhow::Result<()> {
    match Arguments::parse().command {
        Command::Test => check::run(),
    }
}
