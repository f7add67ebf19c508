//! The time that is replayed: no time before the prices are known.

mod options;

use anyhow::{Context, Result, ensure};
use jiff::{SignedDuration, Timestamp};
use spotmanager_backtest::{cost::Period, history::History};
use spotmanager_domain::price::Pool;

use super::{Source, unusable};
use crate::arguments::Prices;
pub(super) use options::{ensure_asked_of_ec2, ensure_in_order};

/// So late a pool cuts off much of the others' history.
const A_DAY: SignedDuration = SignedDuration::from_hours(24);

/// The longest price window of all settings.
pub(super) fn longest_window(wanted: &Prices) -> SignedDuration {
    let windows = wanted.price_window_seconds.iter().copied();
    let original = wanted.original.then_some(super::compared::ORIGINAL_WINDOW);
    let longest = windows.chain(original).max().unwrap_or_default();
    SignedDuration::from_secs(i64::from(longest))
}

/// From when every pool has prices for a whole window, or later if that is asked for, to the end
/// that is asked for, otherwise of EC2's answer, otherwise of the records; and what is to be said
/// of it.
///
/// # Errors
/// When nothing lies in between.
pub(super) fn of(
    source: &Source,
    wanted: &Prices,
    history: &History,
) -> Result<(Period, Vec<String>)> {
    let asked = match source {
        Source::Ec2(_, times) => Some(times.start),
        Source::Files(_) => wanted.start_time,
    };
    let end = match source {
        Source::Ec2(_, times) => Some(times.end),
        Source::Files(_) => wanted.end_time.or(history.last),
    };
    let end = end.context("the history has no record")?;
    options::ensure_before_newest(asked, wanted, end)?;
    let (first, pool) = latest_first(history).context("the history has no record")?;
    let window = longest_window(wanted);
    let known = first.checked_add(window)?;
    let start = asked.map_or(known, |asked| asked.max(known));
    let mut reason = format!(
        "the first price of {} in {} is of {first:.0}, and prices are averaged over {} s",
        pool.instance_type,
        pool.availability_zone,
        window.as_secs()
    );
    let others = history.firsts.iter().min().copied().unwrap_or(first);
    if first.duration_since(others) >= A_DAY {
        let earlier = others.checked_add(window)?;
        reason.push_str(&format!(
            "; without that pool, by --availability-zone or --instance-type, it could begin at {earlier:.0}"
        ));
    }
    ensure!(
        start < end,
        "there is nothing to replay before the end, {end:.0}: {reason}, so the replay could begin at {start:.0}{}. Give a longer history, a later --end-time, up to which the newest price holds, or a shorter --price-window-seconds",
        unusable(history)
    );
    let mut notes = Vec::new();
    match asked {
        Some(asked) if asked < start => {
            notes.push(format!(
                "the replay begins at {start:.0}, not at {asked:.0}: {reason}"
            ));
        }
        None => notes.push(format!("the replay begins at {start:.0}: {reason}")),
        Some(_) => {}
    }
    if let (Source::Files(_), Some(last)) = (source, history.last)
        && last < end
    {
        notes.push(format!(
            "the newest price is of {last:.0}; it is taken to hold until {end:.0}"
        ));
    }
    Ok((Period { start, end }, notes))
}

/// The last pool of which a price becomes known: before that, what spot would have cost is not.
fn latest_first(history: &History) -> Option<(Timestamp, &Pool)> {
    let firsts = history.firsts.iter().copied().zip(&history.pools);
    firsts.max_by_key(|(first, _)| *first)
}
