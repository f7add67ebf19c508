//! The period in columns, for a picture that is as wide as a screen however long the history.

use jiff::{SignedDuration, Timestamp};
use rust_decimal::Decimal;

use super::{elapsed::seconds, question::Period};

/// What a pool cost over a column.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct PriceColumn {
    usd_seconds: Decimal,
    seconds: Decimal,
    /// The lowest and the highest price, USD per instance-hour; none where no price is known.
    pub range: Option<(Decimal, Decimal)>,
}

impl PriceColumn {
    /// Several columns as one.
    #[must_use]
    pub fn of_all(columns: &[Self]) -> Self {
        columns.iter().fold(Self::default(), |all, column| Self {
            usd_seconds: all.usd_seconds + column.usd_seconds,
            seconds: all.seconds + column.seconds,
            range: match (all.range, column.range) {
                (Some((low, high)), Some((l, h))) => Some((low.min(l), high.max(h))),
                (known, None) | (None, known) => known,
            },
        })
    }

    /// The time-weighted average, USD per instance-hour.
    #[must_use]
    pub fn average(&self) -> Option<Decimal> {
        self.usd_seconds.checked_div(self.seconds)
    }

    pub(super) fn add(&mut self, usd: Decimal, seconds: Decimal) {
        self.usd_seconds += usd * seconds;
        self.seconds += seconds;
        let (low, high) = self.range.unwrap_or((usd, usd));
        self.range = Some((low.min(usd), high.max(usd)));
    }
}

/// Who served over a column.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ShareColumn {
    spot: Decimal,
    all: Decimal,
    /// How many spot instances were taken back.
    pub interruptions: u64,
}

impl ShareColumn {
    /// The share of its time in which a spot instance served, 0 to 1.
    #[must_use]
    pub fn spot(&self) -> Option<Decimal> {
        self.spot.checked_div(self.all)
    }

    pub(super) fn add(&mut self, is_spot: bool, seconds: Decimal) {
        self.all += seconds;
        if is_spot {
            self.spot += seconds;
        }
    }
}

/// How the period is divided.
#[derive(Clone, Copy, Debug)]
pub(super) struct Columns {
    period: Period,
    count: usize,
}

impl Columns {
    pub(super) fn new(period: Period, count: usize) -> Self {
        Self {
            period,
            count: count.max(1),
        }
    }

    /// Hands on how many seconds of `from` to `to` fall into each of `columns`.
    pub(super) fn spread<C>(
        self,
        columns: &mut [C],
        from: Timestamp,
        to: Timestamp,
        mut add: impl FnMut(&mut C, Decimal),
    ) {
        let mut from = from.max(self.period.start);
        let to = to.min(self.period.end);
        let mut index = self.index(from);
        while from < to {
            let until = self.end_of(index).min(to);
            if until > from
                && let Some(column) = columns.get_mut(index)
            {
                add(column, seconds(from, until));
            }
            from = until.max(from);
            index += 1;
            if index >= self.count {
                return;
            }
        }
    }

    pub(super) fn index(self, at: Timestamp) -> usize {
        let passed = at.duration_since(self.period.start).as_micros();
        let count = i128::try_from(self.count).unwrap_or(1);
        let index = (passed * count).checked_div(self.length()).unwrap_or(0);
        usize::try_from(index).unwrap_or(0).min(self.count - 1)
    }

    fn end_of(self, index: usize) -> Timestamp {
        if index + 1 >= self.count {
            return self.period.end;
        }
        let (next, count) = (
            i128::try_from(index + 1).unwrap_or(1),
            i128::try_from(self.count).unwrap_or(1),
        );
        // Rounded up, so that an instant lies before the end of the column that it is counted to.
        let passed = (self.length() * next + count - 1) / count;
        let passed = SignedDuration::from_micros(i64::try_from(passed).unwrap_or(i64::MAX));
        let end = self.period.start.checked_add(passed);
        end.unwrap_or(self.period.end)
    }

    fn length(self) -> i128 {
        let Period { start, end } = self.period;
        end.duration_since(start).as_micros()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).unwrap()
    }

    fn spread(count: usize, from: i64, to: i64) -> Vec<Decimal> {
        let (start, end) = (at(100), at(200));
        let mut columns = vec![Decimal::ZERO; count];
        Columns::new(Period { start, end }, count).spread(
            &mut columns,
            at(from),
            at(to),
            |column, seconds| *column += seconds,
        );
        columns.iter().map(Decimal::normalize).collect()
    }

    #[test]
    fn time_falls_into_the_columns_that_it_passes() {
        let expected = [5, 25, 20, 0].map(Decimal::from);
        assert_eq!(spread(4, 120, 170), expected);
        assert_eq!(spread(4, 0, 1_000), [25; 4].map(Decimal::from));
        assert_eq!(spread(4, 150, 150), [0; 4].map(Decimal::from));
        assert_eq!(spread(4, 300, 400), [0; 4].map(Decimal::from));
    }

    #[test]
    fn columns_together_have_the_lowest_the_highest_and_the_average_over_time() {
        let mut columns = [PriceColumn::default(); 3];
        columns[0].add(Decimal::ONE, Decimal::from(30));
        columns[2].add(Decimal::from(4), Decimal::from(10));
        let all = PriceColumn::of_all(&columns);
        assert_eq!(all.range, Some((Decimal::ONE, Decimal::from(4))));
        assert_eq!(all.average(), Some(Decimal::new(175, 2)));
        assert_eq!(PriceColumn::of_all(&[]).range, None);
    }

    #[test]
    fn columns_that_divide_no_second_evenly_lose_nothing() {
        for count in [1, 3, 7, 360] {
            let sum: Decimal = spread(count, 101, 199).iter().sum();
            assert_eq!(sum, Decimal::from(98), "{count}");
        }
    }
}
