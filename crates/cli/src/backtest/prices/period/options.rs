//! What `--start-time` and `--end-time` may be, each of the other and of the prices.

use jiff::Timestamp;
use spotmanager_domain::price::Window;

use super::super::source::KEPT_DAYS;
use crate::arguments::{Mistaken, Prices};

/// Before anything is read.
///
/// # Errors
/// When the start is not before the end.
pub(in super::super) fn ensure_in_order(wanted: &Prices) -> Result<(), Mistaken> {
    match (wanted.start_time, wanted.end_time) {
        (Some(start), Some(end)) if start >= end => Err(not_before_end(start, end)),
        _ => Ok(()),
    }
}

/// Of EC2, which keeps the prices of the last 90 days.
///
/// # Errors
/// When nothing is left between the start and the end.
pub(in super::super) fn ensure_asked_of_ec2(
    wanted: &Prices,
    window: Window,
    now: Timestamp,
) -> Result<(), Mistaken> {
    let Window { start, end } = window;
    if start < end {
        return Ok(());
    }
    if wanted.start_time.is_some() {
        let expected = format!("a time before now, {now:.0}");
        return Err(Mistaken::new(
            "--start-time",
            format_args!("{start:.0}"),
            &expected,
        ));
    }
    let expected = format!("a time after {start:.0}: EC2 keeps spot prices for {KEPT_DAYS} days");
    Err(Mistaken::new(
        "--end-time",
        format_args!("{end:.0}"),
        &expected,
    ))
}

/// Of files, whose newest price ends the replay unless `--end-time` does.
///
/// # Errors
/// When the start is not before the end.
pub(super) fn ensure_before_newest(
    asked: Option<Timestamp>,
    wanted: &Prices,
    end: Timestamp,
) -> Result<(), Mistaken> {
    match asked {
        Some(start) if start >= end && wanted.end_time.is_none() => {
            let expected = format!(
                "a time before the newest price, {end:.0}; or give an --end-time up to which that price holds"
            );
            Err(Mistaken::new(
                "--start-time",
                format_args!("{start:.0}"),
                &expected,
            ))
        }
        _ => Ok(()),
    }
}

fn not_before_end(start: Timestamp, end: Timestamp) -> Mistaken {
    let expected = format!("a time before --end-time, {end:.0}");
    Mistaken::new("--start-time", format_args!("{start:.0}"), &expected)
}

#[cfg(test)]
mod tests {
    use super::{super::super::tests::wanted, *};

    fn time(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    #[test]
    fn a_start_that_is_not_before_the_end_is_refused() {
        for (start, end, is_refused) in [
            ("2026-01-05", "2026-01-04", true),
            ("2026-01-05", "2026-01-05", true),
            ("2026-01-04", "2026-01-05", false),
        ] {
            let wanted = wanted(&["--start-time", start, "--end-time", end]);
            let refused = ensure_in_order(&wanted)
                .err()
                .map(|error| error.to_string());
            let expected = format!(
                "--start-time is {start}T00:00:00Z; it should be a time before --end-time, {end}T00:00:00Z"
            );
            assert_eq!(refused, is_refused.then_some(expected));
        }
    }

    #[test]
    fn of_ec2_the_option_that_leaves_no_time_is_named() {
        let now = time("2026-06-01T00:00:00Z");
        let kept = time("2026-03-03T00:00:00Z");
        for (options, window, part) in [
            (
                &["--start-time", "2026-07-01"][..],
                Window {
                    start: time("2026-07-01T00:00:00Z"),
                    end: now,
                },
                "--start-time is 2026-07-01T00:00:00Z; it should be a time before now, 2026-06-01T00:00:00Z",
            ),
            (
                &["--end-time", "2026-01-01"],
                Window {
                    start: kept,
                    end: time("2026-01-01T00:00:00Z"),
                },
                "--end-time is 2026-01-01T00:00:00Z; it should be a time after 2026-03-03T00:00:00Z: EC2 keeps spot prices for 90 days",
            ),
        ] {
            let refused = ensure_asked_of_ec2(&wanted(options), window, now);
            assert_eq!(refused.unwrap_err().to_string(), part);
        }
        let window = Window {
            start: kept,
            end: now,
        };
        assert_eq!(ensure_asked_of_ec2(&wanted(&[]), window, now), Ok(()));
    }
}
