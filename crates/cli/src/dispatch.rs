//! From the arguments to what a command does.

use std::process::ExitCode;

use anyhow::Result;

use crate::{
    Arguments, access,
    arguments::{Command, Global},
    backtest, deploy, doctor, explain, failure, init, pages,
    print::print,
};

/// Does what is asked, and reports what went wrong on standard error. The exit code is 0, or as
/// docs/how-to/command.md lists them.
pub async fn run(arguments: Arguments) -> ExitCode {
    // Boxed, so that no command's future lies within this one.
    let global = arguments.global;
    let done = Box::pin(dispatch(arguments.command, &global)).await;
    done.unwrap_or_else(|error| failure::report(&error, global.verbose))
}

async fn dispatch(command: Command, global: &Global) -> Result<ExitCode> {
    match command {
        Command::Init(wanted) => {
            let config = access::config(global).await?;
            Box::pin(init::run(&config, &wanted, global)).await?;
        }
        Command::Deploy(wanted) => {
            let config = access::config(global).await?;
            Box::pin(deploy::run(&config, &wanted, global.output)).await?;
        }
        Command::Doctor(wanted) => {
            let config = access::config(global).await?;
            return Box::pin(doctor::run(&config, &wanted, global.output)).await;
        }
        Command::Explain(wanted) => {
            let config = access::config_in(global, wanted.region()).await?;
            Box::pin(explain::run(&config, &wanted, global.output)).await?;
        }
        Command::Run(wanted) => {
            let config = access::config(global).await?;
            Box::pin(crate::run::run(&config, &wanted, global.output)).await?;
        }
        Command::Replay(wanted) => {
            let config = access::config(global).await?;
            return Box::pin(crate::replay::run(&config, &wanted, global.output)).await;
        }
        Command::Backtest(wanted) => Box::pin(backtest::run(&wanted, global)).await?,
        Command::Completions { shell } => print(pages::completions(shell))?,
        Command::Man { dir: Some(folder) } => print(pages::write_pages(&folder)?)?,
        Command::Man { dir: None } => print(pages::page()?)?,
    }
    Ok(ExitCode::SUCCESS)
}
