//! `spotmanager init`: the parameters of SpotManager's template for a stack of workers that exists.

mod assume;
mod assumption;
mod document;
mod next_commands;
mod no_stack;
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
use spotmanager_discover::workers::Clients;
use spotmanager_domain::{SettingsOverride, check_stack, stack_name_of};

use crate::{
    arguments::{self, Global, Init, Output},
    deployed::{Parameters, settings_of},
    parameter_file::{self, STANDARD_OUTPUT},
    print::{print, print_error, print_json},
    servable,
    setting_names::{option, renamed_in},
    topic_suffix,
};
use assume::assume;
use assumption::Assumption;
use document::Document;
use next_commands::next_commands;
use read::Alarms;
use report::Report;

/// Reads the stack, and writes what follows from it; nothing if that could not work.
pub(crate) async fn run(config: &SdkConfig, wanted: &Init, global: &Global) -> Result<()> {
    check_stack("--stack", &wanted.stack)?;
    let stack_name = stack_name_of(&wanted.stack);
    let suffix = wanted.topic_suffix.as_deref();
    if let Some(suffix) = suffix {
        topic_suffix::check("--topic-suffix", stack_name, suffix)?;
    }
    // Before AWS is asked, for a file in the way is known at once.
    parameter_file::check_free(&wanted.file, wanted.force)?;
    let given = wanted.settings.overrides();
    let settings = match arguments::settings_of(&given) {
        Ok(settings) => settings,
        Err(refused) => return Err(no_stack::or_refused(config, &wanted.stack, refused).await),
    };
    let read = Box::pin(read::stack(config, &wanted.stack, &given, Alarms::Needed)).await;
    let stack = match read {
        Ok(stack) => stack,
        Err(error) => {
            let error = renamed_in(error, option);
            return Err(no_stack::explained(config, &wanted.stack, error).await);
        }
    };
    let assumptions = assume(&stack, stack_name, &given, suffix, &settings)?;
    let values = values(&assumptions);
    let purpose = servable::Purpose::Deployment;
    let checked = settings_of(&values)?;
    let clients = Clients::new(config);
    let servable = servable::check(&clients, &wanted.stack, &checked, purpose);
    let servable = Box::pin(servable).await;
    servable.map_err(|error| renamed_in(error, option))?;

    let report = Report {
        stack_name,
        file: &wanted.file,
        assumptions: &assumptions,
        next: next_commands(stack_name, &wanted.file, &assumptions, global),
    };
    let is_printed = wanted.file.as_os_str() == STANDARD_OUTPUT;
    if global.output == Output::Json {
        // Standard output takes one document, which has the parameters too.
        if !is_printed {
            write(wanted, &assumptions)?;
        }
        print_json(&Document::of(&report))?;
    } else {
        write(wanted, &assumptions)?;
        if is_printed {
            print_error(format_args!("{report}"));
        } else {
            print(report)?;
        }
    }
    Ok(())
}

fn write(wanted: &Init, assumptions: &[Assumption]) -> Result<()> {
    let parameters = parameters::of(assumptions);
    parameter_file::write(&wanted.file, &parameters, wanted.force)
}

/// The parameters that `init` would assume of a stack, for a command that looks at one.
///
/// # Errors
/// When AWS cannot be asked, the stack has not what is given, or it leaves open which its two
/// groups are.
pub(crate) async fn found(
    config: &SdkConfig,
    stack: &str,
    given: &SettingsOverride,
) -> Result<Parameters> {
    let settings = arguments::settings_of(given)?;
    let read = Box::pin(read::stack(config, stack, given, Alarms::IfAllowed)).await;
    let mut read = read.map_err(|error| renamed_in(error, option))?;
    let stack_name = stack_name_of(stack);
    if pair::choose(&read).is_err() {
        read.name_default_pair();
    }
    let assumptions = assume(&read, stack_name, given, None, &settings)?;
    Ok(values(&assumptions))
}

fn values(assumptions: &[Assumption]) -> Parameters {
    let values = assumptions.iter();
    values
        .map(|one| (one.parameter.clone(), one.value.clone()))
        .collect()
}
