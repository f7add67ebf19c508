//! What AWS did not let the caller read: it is listed, and does not end the reading.

use std::collections::BTreeMap;

use spotmanager_aws::AwsError;
use spotmanager_doctor::{NotRead, Part, Read};
use spotmanager_domain::{ErrorName, NamedError};

/// The codes with which AWS refuses one action, and not the caller altogether.
const REFUSALS: [&str; 4] = [
    "AccessDenied",
    "AccessDeniedException",
    "AuthorizationError",
    "UnauthorizedOperation",
];

/// What was not read, and why.
#[derive(Debug, Default)]
pub(super) struct Unread(BTreeMap<Part, NotRead>);

impl Unread {
    /// What was read, or nothing if the caller may not.
    ///
    /// # Errors
    /// [`AwsError`] if AWS could not be asked.
    pub(super) fn take<T>(
        &mut self,
        part: Part,
        read: Result<T, AwsError>,
    ) -> Result<Option<T>, AwsError> {
        match read {
            Ok(read) => Ok(Some(read)),
            Err(error) if is_refusal(&error) => {
                self.0.entry(part).or_insert_with(|| not_read(&error));
                Ok(None)
            }
            Err(error) => Err(error),
        }
    }

    /// The same, with what stands for it if the caller may not.
    ///
    /// # Errors
    /// [`AwsError`] if AWS could not be asked.
    pub(super) fn or_default<T: Default>(
        &mut self,
        part: Part,
        read: Result<T, AwsError>,
    ) -> Result<T, AwsError> {
        Ok(self.take(part, read)?.unwrap_or_default())
    }

    /// With what was not read for every pair.
    pub(super) fn with(mut self, other: &Self) -> Self {
        for (part, why) in &other.0 {
            self.0.entry(*part).or_insert_with(|| why.clone());
        }
        self
    }

    pub(super) fn finish(self) -> BTreeMap<Part, NotRead> {
        self.0
    }
}

/// Whether AWS refused this one action.
pub(super) fn is_refusal(error: &AwsError) -> bool {
    REFUSALS.contains(&error.code.as_str())
}

/// What was read, with why it was not.
pub(super) fn found<T>(read: Result<Option<T>, AwsError>) -> Read<T> {
    match read {
        Ok(Some(found)) => Read::Found(found),
        Ok(None) => Read::Missing,
        Err(error) => Read::NotRead(not_read(&error)),
    }
}

pub(super) fn not_read(error: &AwsError) -> NotRead {
    let (call, code) = (error.call, &error.code);
    if error.name() == ErrorName::AccessDenied {
        NotRead {
            missing_action: Some(call.to_owned()),
            why: format!("{call} was refused with {code}; allow the caller this action"),
        }
    } else {
        NotRead::because(format!("{call} failed with {code}: {}", error.message))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_reason_is_kept_and_that_of_every_pair_added() {
        let mut of_pair = Unread::default();
        let mut of_all = Unread::default();
        let because = |why: &str| NotRead::because(why);
        of_pair.0.insert(Part::Alarms, because("the pair's"));
        of_all.0.insert(Part::Alarms, because("of all"));
        of_all.0.insert(Part::Zones, because("of all"));
        let both = of_pair.with(&of_all).finish();
        assert_eq!(both[&Part::Alarms].why, "the pair's");
        assert_eq!(both[&Part::Zones].why, "of all");
    }

    #[test]
    fn what_was_read_is_taken_as_it_is() {
        let mut unread = Unread::default();
        let read = unread.or_default(Part::Zones, Ok(7)).unwrap();
        assert_eq!(read, 7);
        assert!(unread.finish().is_empty());
    }
}
