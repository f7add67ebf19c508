//! `spotmanager init`: the parameters of SpotManager's template for a stack of workers that exists.

mod assume;
mod document;
mod pair;
mod parameters;
mod policies;
mod queue;
mod read;
mod report;
#[cfg(test)]
mod testing;
mod topic;

use anyhow::Result;
use spotmanager_aws::SdkConfig;
use spotmanager_contract::{Settings, check_stack, stack_name_of};

use crate::{
    arguments::{Init, Output},
    parameter_file::{self, STANDARD_OUTPUT},
    print::{print, print_json},
};
use assume::assume;
use document::Document;
use report::Report;

/// Reads the stack, and writes what follows from it.
pub(crate) async fn run(config: &SdkConfig, wanted: &Init, output: Output) -> Result<()> {
    check_stack("--stack", &wanted.stack)?;
    // Before AWS is asked, for a file in the way is known at once.
    parameter_file::check_free(&wanted.file, wanted.force)?;
    let settings = Settings::default().overridden(wanted.settings.overrides())?;
    let stack = Box::pin(read::stack(config, wanted, &settings)).await?;
    let assumptions = assume(&stack, wanted, &settings)?;
    let parameters = parameters::of(&assumptions);
    parameter_file::write(&wanted.file, &parameters, wanted.force)?;

    let report = Report {
        stack_name: stack_name_of(&wanted.stack),
        file: &wanted.file,
        assumptions: &assumptions,
    };
    if wanted.file.as_os_str() == STANDARD_OUTPUT {
        eprint!("{report}");
    } else if output == Output::Json {
        print_json(&Document::of(&report))?;
    } else {
        print(report)?;
    }
    Ok(())
}
