//! Between two looks at something that goes on in AWS.

use std::time::Duration;

use spotmanager_aws::AwsError;
use spotmanager_contract::{ErrorName, NamedError};

/// Between two looks.
pub(crate) const PAUSE: Duration = Duration::from_secs(1);
/// The longest between two looks that AWS refuses, each of which doubles it.
pub(crate) const LONGEST_PAUSE: Duration = Duration::from_secs(32);

/// Whether a later look may succeed where this one failed.
pub(crate) fn is_passing(error: &AwsError) -> bool {
    matches!(error.name(), ErrorName::Throttled | ErrorName::Transient)
}
