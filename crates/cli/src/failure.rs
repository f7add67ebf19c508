//! What a person reads of a failure, and what a script reads of it.

use std::{io, process::ExitCode};

use anyhow::Error;
use console::style;
use spotmanager_aws::{AccessError, AwsError, ProfileError};
use spotmanager_discover::workers::WorkersError;
use spotmanager_domain::{ErrorName, NamedError, SettingError};

use crate::{
    access::Unconfigured, arguments::Mistaken, interrupt::Interrupted, print::print_error,
    run::Failed, runbook,
};

/// The command line holds what cannot be, as clap ends for its own refusals.
const USAGE: u8 = 2;
/// The environment is not as it should be, and AWS could not be asked: both as the AWS CLI ends.
/// See <https://docs.aws.amazon.com/cli/latest/userguide/cli-usage-returncodes.html>.
const CONFIGURATION: u8 = 253;
const SERVICE: u8 = 254;
const OTHER: u8 = 1;
/// As a shell reports a program that Ctrl-C ended.
const INTERRUPTED: u8 = 130;

/// Writes the failure in one line, what to do next if that is known, and if it is asked for what the
/// line leaves out. Gives the exit code.
pub(crate) fn report(error: &Error, is_verbose: bool) -> ExitCode {
    if is_broken_pipe(error) {
        // Whoever read has read enough, and nothing else was to be done.
        return ExitCode::SUCCESS;
    }
    let red = style("error:").for_stderr().red().bold();
    print_error(format_args!("{red} {error:#}\n"));
    if let Some(hint) = hint(error) {
        let cyan = style("hint:").for_stderr().cyan().bold();
        print_error(format_args!("{cyan} {hint}\n"));
    }
    if let Some(detail) = of_aws(error).and_then(|error| error.detail.as_deref()) {
        let more = if is_verbose {
            detail
        } else {
            "--verbose writes more"
        };
        print_error(format_args!("{}\n", style(more).for_stderr().dim()));
    }
    ExitCode::from(code(error))
}

fn is_broken_pipe(error: &Error) -> bool {
    let error: Option<&io::Error> = error.downcast_ref();
    error.is_some_and(|error| error.kind() == io::ErrorKind::BrokenPipe)
}

fn code(error: &Error) -> u8 {
    if let Some(failed) = error.downcast_ref::<Failed>() {
        of_step(failed.name)
    } else if error.is::<Interrupted>() {
        INTERRUPTED
    } else if error.is::<Unconfigured>() {
        CONFIGURATION
    } else if let Some(error) = of_aws(error) {
        match error.code.as_str() {
            "NoCredentials" | "CredentialsUnusable" => CONFIGURATION,
            // AWS was asked, and says that it is not there, as a name that is not found.
            "ExecutionDoesNotExist" => OTHER,
            _ => SERVICE,
        }
    } else if let Some(error) = error.downcast_ref::<WorkersError>() {
        of_step(error.name())
    } else if error.is::<SettingError>() || error.is::<Mistaken>() {
        USAGE
    } else {
        OTHER
    }
}

/// Of a step of a decision that is made from here.
fn of_step(name: ErrorName) -> u8 {
    match name {
        ErrorName::AccessDenied
        | ErrorName::OutcomeUnknown
        | ErrorName::Throttled
        | ErrorName::Transient => SERVICE,
        ErrorName::InvalidInput => USAGE,
        _ => OTHER,
    }
}

/// AWS's own error, also where it ended the reading of a stack.
fn of_aws(error: &Error) -> Option<&AwsError> {
    match error.downcast_ref() {
        Some(WorkersError::Aws(error)) => Some(error),
        _ => error.downcast_ref(),
    }
}

fn hint(error: &Error) -> Option<String> {
    match error.downcast_ref() {
        Some(Unconfigured::NoRegion) => {
            return Some(
                "give --region, set AWS_REGION, or write one with `aws configure set region NAME`"
                    .to_owned(),
            );
        }
        Some(Unconfigured::Access(AccessError::Profile(ProfileError::Unknown { .. }))) => {
            return Some("`aws configure list-profiles` lists the profiles".to_owned());
        }
        Some(Unconfigured::Access(_)) => return None,
        None => {}
    }
    if let Some(failed) = error.downcast_ref::<Failed>() {
        return runbook::hint(failed.name.as_str());
    }
    let error = of_aws(error)?;
    let is_expired = matches!(
        error.code.as_str(),
        "AuthFailure"
            | "ExpiredToken"
            | "ExpiredTokenException"
            | "InvalidClientTokenId"
            | "UnrecognizedClientException"
    );
    let is_without = matches!(error.code.as_str(), "NoCredentials" | "CredentialsUnusable");
    if is_expired || is_without {
        return Some(
            "`aws sts get-caller-identity` says whether credentials are there; log in with `aws sso login`, or choose another profile with --profile"
                .to_owned(),
        );
    }
    match error.name() {
        ErrorName::AccessDenied => Some(format!(
            "whoever calls needs the permission {}; docs/how-to/command.md lists them",
            error.call
        )),
        ErrorName::Throttled => Some("AWS asks to call less often: try again in a minute".to_owned()),
        ErrorName::Transient => Some(
            "check the network, HTTPS_PROXY, --region and --endpoint-url, and try again"
                .to_owned(),
        ),
        _ if error.code == "ExecutionDoesNotExist" => Some(
            "an execution is kept for 90 days; `spotmanager explain --last --stack NAME` explains the newest"
                .to_owned(),
        ),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use anyhow::anyhow;

    use super::*;

    #[test]
    fn each_kind_of_failure_has_its_code_also_under_a_context() {
        let setting = SettingError::new("stack_name", "9", "a stack's name");
        for (error, expected) in [
            (
                Error::from(Unconfigured::NoRegion).context("cannot begin"),
                CONFIGURATION,
            ),
            (Error::from(setting), USAGE),
            (Error::from(Mistaken::together("both".to_owned())), USAGE),
            (anyhow!("no such execution"), OTHER),
        ] {
            assert_eq!(code(&error), expected, "{error:#}");
        }
    }

    #[test]
    fn a_reader_that_has_gone_is_no_failure() {
        let gone = Error::from(io::Error::from(io::ErrorKind::BrokenPipe));
        assert!(is_broken_pipe(&gone));
        assert!(!is_broken_pipe(&anyhow!("another")));
    }

    #[test]
    fn what_to_do_next_is_told_where_it_is_known() {
        let told = hint(&Error::from(Unconfigured::NoRegion)).unwrap();
        assert!(told.contains("--region"), "{told}");
        assert_eq!(hint(&anyhow!("another")), None);
    }
}
