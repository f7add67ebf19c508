//! What a person is told of a failure, and what a script reads of it.

use std::{io, process::ExitCode};

use anyhow::Error;
use console::style;
use spotmanager_aws::AwsError;
use spotmanager_contract::{ErrorName, NamedError, SettingError};
use spotmanager_workers::WorkersError;

use crate::{access::NoRegion, run::Failed};

/// The command line holds what cannot be, as clap ends for its own refusals.
const USAGE: u8 = 2;
/// The environment is not as it should be, and AWS could not be asked: both as the AWS CLI ends.
/// See <https://docs.aws.amazon.com/cli/latest/userguide/cli-usage-returncodes.html>.
const CONFIGURATION: u8 = 253;
const SERVICE: u8 = 254;
const OTHER: u8 = 1;

/// Tells the failure, with what to do next where that is known, and gives the exit code.
pub(crate) fn tell(error: &Error) -> ExitCode {
    if is_broken_pipe(error) {
        // Whoever read has read enough.
        return ExitCode::SUCCESS;
    }
    eprintln!("{} {error:#}", style("error:").for_stderr().red().bold());
    if let Some(hint) = hint(error) {
        eprintln!("{} {hint}", style("hint:").for_stderr().cyan().bold());
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
    } else if let Some(error) = error.downcast_ref::<WorkersError>() {
        of_step(error.name())
    } else if error.is::<AwsError>() {
        SERVICE
    } else if error.is::<NoRegion>() {
        CONFIGURATION
    } else if error.is::<SettingError>() {
        USAGE
    } else {
        OTHER
    }
}

/// Of a step of a decision that is made from here.
fn of_step(name: ErrorName) -> u8 {
    match name {
        ErrorName::AccessDenied | ErrorName::Throttled | ErrorName::Transient => SERVICE,
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
    if error.is::<NoRegion>() {
        return Some(
            "give --region, set AWS_REGION, or write one with `aws configure set region NAME`"
                .to_owned(),
        );
    }
    if let Some(failed) = error.downcast_ref::<Failed>() {
        let name = failed.name.as_str();
        return Some(format!(
            "docs/runbook.md tells what {name} means and what to do"
        ));
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
    if is_expired || error.message.contains("credential") {
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
            "AWS does not answer: check the network, --region and --endpoint-url, and try again"
                .to_owned(),
        ),
        _ if error.code == "ExecutionDoesNotExist" => Some(
            "an execution is kept for 90 days; `spotmanager explain --last --stack NAME` tells the newest"
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
            (Error::from(NoRegion).context("cannot begin"), CONFIGURATION),
            (Error::from(setting), USAGE),
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
        let told = hint(&Error::from(NoRegion)).unwrap();
        assert!(told.contains("--region"), "{told}");
        assert_eq!(hint(&anyhow!("another")), None);
    }
}
