//! A spinner for what takes time.

use std::{future::Future, time::Duration};

use anyhow::Result;
use console::style;
use indicatif::ProgressBar;
use tokio::time::Instant;

/// Shows a spinner with `what` until `work` is done, then a line with the time that it took.
pub(crate) async fn during<T>(what: &str, work: impl Future<Output = Result<T>>) -> Result<T> {
    let spinner = ProgressBar::new_spinner().with_message(what.to_owned());
    spinner.enable_steady_tick(Duration::from_millis(100));
    let begin = Instant::now();
    let done = work.await;
    spinner.finish_and_clear();
    let mark = match done {
        Ok(_) => style("✓").green(),
        Err(_) => style("✗").red(),
    };
    println!("{mark} {what} ({:.1} s)", begin.elapsed().as_secs_f64());
    done
}
