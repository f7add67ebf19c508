//! Waiting for something, without knowing how long it takes.

use std::time::Duration;

use anyhow::{Result, bail};
use tokio::time::{Instant, sleep};

/// Asks until there is an answer.
///
/// # Errors
/// When asking fails, or nothing came within `at_most`.
pub async fn poll<T>(
    what: &str,
    at_most: Duration,
    mut ask: impl AsyncFnMut() -> Result<Option<T>>,
) -> Result<T> {
    let begin = Instant::now();
    loop {
        if let Some(answer) = ask().await? {
            return Ok(answer);
        }
        if begin.elapsed() > at_most {
            bail!("{what} took more than {at_most:?}");
        }
        sleep(Duration::from_millis(50)).await;
    }
}
