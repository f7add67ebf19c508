//! The project's own commands: `cargo xtask demo | test | event | bench | faults | load | fuzz | mutants | package | release | reference | diagram | verify-on-aws | tools`.

mod bench;
#[cfg(test)]
mod boundaries;
mod build;
mod checkout;
mod demo;
mod dependencies;
mod diagram;
mod engines;
mod event;
mod faults;
mod fuzz;
mod load;
mod mutants;
mod package;
mod reference;
mod release;
mod run;
mod suite;
mod test;
mod test_packages;
mod tools;
mod verify_on_aws;

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
    Test(test_packages::Arguments),
    /// Prints a test event of a function for use on AWS, or lists them.
    Event(event::Arguments),
    /// Measures SpotManager beside the 2016 original, and writes docs/benchmarks.md.
    Bench(bench::Arguments),
    /// Lets every call of every function go wrong on a local AWS, and writes docs/faults.md; or draws
    /// pairs of faults.
    Faults(faults::Faults),
    /// Fuzzes what reads events and prices, and keeps what is new for the tests.
    Fuzz {
        /// What is fuzzed; one after the other where none is named.
        #[arg(value_parser = fuzz::TARGETS)]
        target: Option<String>,
        /// For how long each is fuzzed, seconds.
        #[arg(long, default_value_t = 60)]
        seconds: u32,
    },
    /// Changes the domain bit by bit, and fails if its own tests do not notice.
    Mutants(mutants::Mutants),
    /// Lets a thousand alarms come within a minute on a local AWS that throttles, and writes
    /// docs/load.md.
    Load(load::Load),
    /// Builds the functions for Lambda and lays out what the templates expect in a bucket.
    Package(package::Arguments),
    /// Packs functions, command, templates and documentation into an archive for each architecture.
    Release(release::Arguments),
    /// Writes what comes from the settings, the catalogues and clap: parts of docs, templates, schemas
    /// and fuzz/json.dict.
    Reference,
    /// Writes the state machine's diagram into README.md.
    Diagram,
    /// Checks on a real account what docs/unverified.md assumes; `verify-on-aws --help` shows its
    /// options.
    #[command(disable_help_flag = true)]
    VerifyOnAws {
        /// Passed on to the checks.
        #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
        arguments: Vec<String>,
    },
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
        Command::Test(arguments) if arguments.packages => test_packages::run(&arguments),
        Command::Test(_) => test::run_all(),
        Command::Event(arguments) => event::run_event(arguments),
        Command::Bench(arguments) => bench::run_bench(&arguments),
        Command::Faults(faults) => faults::run_faults(&faults),
        Command::Fuzz { target, seconds } => fuzz::run_fuzz(target.as_deref(), seconds),
        Command::Mutants(mutants) => mutants::run_mutants(&mutants),
        Command::Load(load) => load::run_load(&load),
        Command::Package(arguments) => package::run_package(&arguments),
        Command::Release(arguments) => release::run_release(&arguments),
        Command::Reference => reference::write(),
        Command::Diagram => diagram::write(),
        Command::VerifyOnAws { arguments } => verify_on_aws::run(&arguments),
        Command::Tools => tools::install(),
    }
}
