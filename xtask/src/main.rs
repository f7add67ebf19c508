//! The project's own commands: `cargo xtask demo | test | package | diagram | tools`.

mod build;
mod checkout;
mod demo;
mod dependencies;
mod diagram;
mod package;
mod run;
mod test;
mod tools;

use std::process::ExitCode;

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
    /// Plays SpotManager on a local AWS; `demo --help` tells its options.
    #[command(disable_help_flag = true)]
    Demo {
        /// Handed on to the demo.
        #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
        arguments: Vec<String>,
    },
    /// Checks formatting, templates, dependencies and lints, and runs every test.
    Test,
    /// Builds the functions for Lambda and lays out what the templates expect in a bucket.
    Package(package::Arguments),
    /// Writes the state machine's diagram into README.md.
    Diagram,
    /// Installs the tools that demo and tests need into the checkout.
    Tools,
}

fn main() -> ExitCode {
    match run(Arguments::parse().command) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run(command: Command) -> anyhow::Result<()> {
    match command {
        Command::Demo { arguments } => demo::run(&arguments),
        Command::Test => test::run_all(),
        Command::Package(arguments) => package::run_package(&arguments),
        Command::Diagram => diagram::write(),
        Command::Tools => tools::install(),
    }
}
