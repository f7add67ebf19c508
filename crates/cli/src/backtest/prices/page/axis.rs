//! The axis of time.

use jiff::{SignedDuration, Timestamp};
use maud::{Markup, html};
use spotmanager_backtest::cost::Period;

/// Into how many parts the axis is divided.
const PARTS: usize = 4;

/// The period, in columns.
#[derive(Clone, Copy, Debug)]
pub(super) struct Axis {
    pub(super) period: Period,
    pub(super) columns: usize,
}

impl Axis {
    /// When a column begins, or for the number of columns the end of the last.
    pub(super) fn at(&self, column: usize) -> Timestamp {
        self.part(column, self.columns)
    }

    /// How long a column is, in words.
    pub(super) fn column_length(&self) -> String {
        let length = self.at(1).duration_since(self.period.start);
        format!("{:#}", SignedDuration::from_secs(length.as_secs().max(1)))
    }

    /// From one column to another, in words.
    pub(super) fn span(&self, from: usize, to: usize) -> String {
        format!("{} to {} UTC", minute(self.at(from)), minute(self.at(to)))
    }

    /// The times under a picture.
    pub(super) fn times(&self) -> Markup {
        let length = self.period.end.duration_since(self.period.start);
        let is_short = length.as_hours() <= 24 * i64::try_from(PARTS).unwrap_or(1);
        html! {
            div class="times" aria-hidden="true" {
                @for at in (0..=PARTS).map(|part| self.part(part, PARTS)) {
                    span {
                        span { (at.strftime("%b %-d")) }
                        span { (at.strftime("%Y")) }
                        @if is_short { span { (at.strftime("%H:%M")) } }
                    }
                }
            }
        }
    }

    fn part(&self, part: usize, parts: usize) -> Timestamp {
        let Period { start, end } = self.period;
        let number = |count: usize| i128::try_from(count).unwrap_or(1).max(0);
        let passed = end.duration_since(start).as_micros() * number(part) / number(parts).max(1);
        let passed = SignedDuration::from_micros(i64::try_from(passed).unwrap_or(i64::MAX));
        start.checked_add(passed).unwrap_or(end)
    }
}

/// A time as it is written on the page, UTC.
pub(super) fn minute(at: Timestamp) -> String {
    at.strftime("%Y-%m-%d %H:%M").to_string()
}
