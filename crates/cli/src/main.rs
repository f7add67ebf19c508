//! The `spotmanager` command: wiring only.

use std::process::ExitCode;

use anyhow::{Context, Result, ensure};
use clap::{Parser, Subcommand};
use console::style;
use spotmanager_aws::{execution_history::read_history, executions::Client};
use spotmanager_cli::Story;

/// Spot-first scaling for AWS Auto Scaling groups.
///
/// Region, credentials and endpoint are found as the AWS CLI finds them.
#[derive(Parser)]
#[command(name = "spotmanager", version)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Tells what an execution did and why: its steps, the prices against the limit, the decision.
    Explain {
        /// The execution's ARN, as the Step Functions console shows it.
        execution_arn: String,
    },
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    match run(Arguments::parse()).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{} {error:#}", style("error:").for_stderr().red().bold());
            ExitCode::FAILURE
        }
    }
}

async fn run(arguments: Arguments) -> Result<()> {
    match arguments.command {
        Command::Explain { execution_arn } => {
            ensure!(
                execution_arn.contains(":execution:"),
                "the execution's ARN is {execution_arn:?}; it should be arn:aws:states:REGION:ACCOUNT:execution:STATE_MACHINE:NAME"
            );
            let client = Client::new(&spotmanager_aws::load("spotmanager-cli").await);
            let history = read_history(&client, &execution_arn)
                .await
                .with_context(|| format!("cannot read {execution_arn}"))?;
            print!("{}", Story::of(&history));
        }
    }
    Ok(())
}
