//! The time that is replayed.

use anyhow::{Context, Result, ensure};
use spotmanager_backtest::cost::Period;
use spotmanager_price_history::History;

use super::Source;
use crate::arguments::Prices;

/// From the start to the end that are asked for, else of EC2's answer, else of the records.
pub(super) fn of(source: &Source, wanted: &Prices, history: &History) -> Result<Period> {
    let (first, last) = match source {
        Source::Ec2(_, window) => (Some(window.start), Some(window.end)),
        Source::Files(_) => (history.first, history.last),
    };
    let start = wanted.start_time.or(first);
    let end = wanted.end_time.or(last);
    let (start, end) = start.zip(end).context("the history has no record")?;
    ensure!(
        start < end,
        "the replay would begin at {start} and end at {end}; --start-time and --end-time say otherwise"
    );
    Ok(Period { start, end })
}
