//! The project's own commands: `cargo xtask demo | test | bench | package | diagram | tools`.

mod bench;
mod build;
mod checkout;
mod demo;
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
    /// Checks formatting, templates and lints, and runs every test.
    Test,
    /// Measures SpotManager beside the 2016 original, and writes docs/benchmarks.md.
    Bench(bench::Arguments),
    /// Builds the functions for Lambda and lays out what the templates expect in a bucket.
    Package {
        /// The architecture, as the template's parameter has it.
        #[arg(long, value_enum, default_value_t = package::Architecture::Arm64)]
        architecture: package::Architecture,
    },
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
        Command::Bench(arguments) => bench::run_bench(&arguments),
        Command::Package { architecture } => package::run_package(architecture),
        Command::Diagram => diagram::write(),
        Command::Tools => tools::install(),
    }
}
