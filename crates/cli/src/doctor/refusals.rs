//! What *discover* would refuse is found, and does not end the reading.

use spotmanager_aws::AwsError;
use spotmanager_discover::workers::WorkersError;
use spotmanager_doctor::{Part, Refusal};
use spotmanager_domain::{ErrorName, NamedError, SettingError};

use super::unread::Unread;

/// What was refused so far, by *discover*'s rules and by AWS.
#[derive(Debug, Default)]
pub(super) struct Refusals {
    all: Vec<Refusal>,
    pub(super) unread: Unread,
}

impl Refusals {
    /// What was read, or nothing if it was refused.
    ///
    /// # Errors
    /// [`AwsError`] if AWS could not be asked.
    pub(super) fn take<T>(
        &mut self,
        part: Part,
        read: Result<T, WorkersError>,
    ) -> Result<Option<T>, AwsError> {
        match read {
            Ok(read) => Ok(Some(read)),
            Err(WorkersError::Aws(error)) => self.unread.take(part, Err(error)),
            Err(error) => {
                self.push(error.name(), &error.to_string());
                Ok(None)
            }
        }
    }

    /// A setting as it is, or `instead` if it is refused.
    pub(super) fn setting<T>(&mut self, read: Result<T, SettingError>, instead: T) -> T {
        read.unwrap_or_else(|error| {
            self.push(ErrorName::InvalidInput, &error.to_string());
            instead
        })
    }

    pub(super) fn finish(self) -> (Vec<Refusal>, Unread) {
        (self.all, self.unread)
    }

    fn push(&mut self, error: ErrorName, message: &str) {
        self.all.push(Refusal {
            error,
            message: sentence(message),
        });
    }
}

/// A message as a sentence: errors end without a full stop.
fn sentence(message: &str) -> String {
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
        assert_eq!(
            refusals.take::<()>(Part::WorkersStack, Err(error)).unwrap(),
            None
        );
        assert_eq!(refusals.take(Part::Groups, Ok(1)).unwrap(), Some(1));
        let setting = SettingError::new("max_rounds", 0, "a whole number of rounds from 1 to 1000");
        assert_eq!(refusals.setting(Err(setting), 7), 7);
        let (refused, _) = refusals.finish();
        assert_eq!(refused[0].error, ErrorName::StackNotFound);
        assert!(refused[0].message.ends_with('.'));
        assert_eq!(refused[1].error, ErrorName::InvalidInput);
    }
}
