//! What *discover* would refuse is found, and does not end the reading.

use spotmanager_aws::AwsError;
use spotmanager_contract::{ErrorName, NamedError, SettingError};
use spotmanager_doctor::Refusal;
use spotmanager_workers::WorkersError;

/// What was refused so far.
#[derive(Debug, Default)]
pub(super) struct Refusals(Vec<Refusal>);

impl Refusals {
    /// What was read, or nothing where it was refused.
    ///
    /// # Errors
    /// [`AwsError`] where AWS could not be asked.
    pub(super) fn take<T>(&mut self, read: Result<T, WorkersError>) -> Result<Option<T>, AwsError> {
        match read {
            Ok(read) => Ok(Some(read)),
            Err(WorkersError::Aws(error)) => Err(error),
            Err(error) => {
                self.push(error.name(), &error.to_string());
                Ok(None)
            }
        }
    }

    /// A setting as it is, or `instead` where it is refused.
    pub(super) fn setting<T>(&mut self, read: Result<T, SettingError>, instead: T) -> T {
        read.unwrap_or_else(|error| {
            self.push(ErrorName::InvalidInput, &error.to_string());
            instead
        })
    }

    pub(super) fn finish(self) -> Vec<Refusal> {
        self.0
    }

    fn push(&mut self, error: ErrorName, message: &str) {
        self.0.push(Refusal {
            error,
            message: sentence(message),
        });
    }
}

/// A message as a sentence: errors end without a full stop.
pub(super) fn sentence(message: &str) -> String {
    format!("{}.", message.trim_end_matches('.'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_refusal_is_noted_and_reading_goes_on() {
        let mut refusals = Refusals::default();
        let error = WorkersError::StackNotFound {
            found: "farm".into(),
        };
        assert_eq!(refusals.take::<()>(Err(error)).unwrap(), None);
        assert_eq!(refusals.take(Ok(1)).unwrap(), Some(1));
        let setting = SettingError::new("max_rounds", 0, "from 1 to 1000 rounds");
        assert_eq!(refusals.setting(Err(setting), 7), 7);
        let refused = refusals.finish();
        assert_eq!(refused[0].error, ErrorName::StackNotFound);
        assert!(refused[0].message.ends_with("account and region."));
        assert_eq!(refused[1].error, ErrorName::InvalidInput);
    }
}
