//! Looking at something that goes on in AWS until it ends.

use std::time::Duration;

use anyhow::Result;
use spotmanager_aws::AwsError;
use tokio::time::sleep;

/// Between two looks.
const PAUSE: Duration = Duration::from_secs(1);
/// The longest between two looks that AWS refuses, each of which doubles it.
const LONGEST_PAUSE: Duration = Duration::from_secs(32);

/// Looks again and again until there is an end.
///
/// # Errors
/// When a look fails, also after waiting where a later one may succeed.
pub(crate) async fn until<T>(mut look: impl AsyncFnMut() -> Result<Option<T>>) -> Result<T> {
    let mut pause = PAUSE;
    loop {
        match look().await {
            Ok(Some(end)) => return Ok(end),
            Ok(None) => pause = PAUSE,
            Err(error) => {
                let error_of_aws: Option<&AwsError> = error.downcast_ref();
                let is_passing = error_of_aws.is_some_and(AwsError::is_passing);
                if !is_passing || pause >= LONGEST_PAUSE {
                    return Err(error);
                }
                pause *= 2;
            }
        }
        sleep(pause).await;
    }
}
