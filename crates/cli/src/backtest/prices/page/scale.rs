//! The axis of prices, the same for all pools of an instance type.

use rust_decimal::Decimal;

use super::{
    super::{Backtested, rows::Row},
    levels,
};

/// About how many lines the axis has.
const LINES: u32 = 4;

/// From zero to a little above the highest of what is drawn.
#[derive(Clone, Copy, Debug)]
pub(super) struct Scale {
    top: Decimal,
    step: Decimal,
}

impl Scale {
    /// The axis of all pools of the type, with all of their lines.
    pub(super) fn of_type(backtested: &Backtested, rows: &[Row<'_>], instance_type: &str) -> Self {
        let question = &backtested.question;
        let pools = question
            .pools
            .iter()
            .zip(&backtested.answer.prices)
            .enumerate();
        let of_type = pools.filter(|(_, (pool, _))| pool.instance_type == instance_type);
        let highest = of_type.flat_map(|(index, (_, columns))| {
            let prices = columns.iter().filter_map(|column| column.range);
            let lines = levels::of(rows, question, index).into_iter();
            let prices = prices.map(|(_, high)| high);
            prices.chain(lines.map(|line| line.usd)).collect::<Vec<_>>()
        });
        Self::up_to(highest.max().unwrap_or(Decimal::ONE))
    }

    fn up_to(highest: Decimal) -> Self {
        let top = highest * Decimal::new(108, 2);
        Self {
            top,
            step: step(top),
        }
    }

    /// How far below the top a price lies, percent of the height, to a hundredth.
    pub(super) fn below_top(&self, usd: Decimal) -> Decimal {
        let share = usd.checked_div(self.top).unwrap_or_default();
        let percent = (Decimal::ONE - share) * Decimal::ONE_HUNDRED;
        percent.round_dp(2).normalize()
    }

    /// A line's price as it is written, all with the same decimals.
    pub(super) fn tick(&self, usd: Decimal) -> String {
        let decimals = usize::try_from(self.step.scale()).unwrap_or(0);
        format!("{usd:.decimals$}")
    }

    /// The prices at which a line is drawn.
    pub(super) fn lines(&self) -> impl Iterator<Item = Decimal> + '_ {
        let lines = (0..=2 * LINES).map(|index| self.step * Decimal::from(index));
        lines.take_while(|usd| *usd < self.top)
    }
}

/// The least of 1, 2 and 5, times a power of ten, that divides into no more lines than there may be.
fn step(top: Decimal) -> Decimal {
    let least = top / Decimal::from(LINES);
    let mut power = Decimal::new(1, 6);
    // A credible price has an end.
    while power * Decimal::TEN <= least {
        power *= Decimal::TEN;
    }
    let steps = [1, 2, 5, 10].map(|count| power * Decimal::from(count));
    let step = steps.into_iter().find(|step| *step >= least);
    step.unwrap_or(top).normalize()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn steps_are_round_and_few() {
        for (top, expected) in [
            ("0.57", "0.2"),
            ("3.3", "1"),
            ("0.04", "0.01"),
            ("32", "10"),
            ("1080000", "500000"),
        ] {
            assert_eq!(step(top.parse().unwrap()).to_string(), expected, "{top}");
        }
    }

    #[test]
    fn a_price_lies_between_top_and_zero() {
        let scale = Scale::up_to(Decimal::TWO);
        assert_eq!(scale.below_top(Decimal::ZERO), Decimal::ONE_HUNDRED);
        assert_eq!(scale.below_top(Decimal::new(216, 2)), Decimal::ZERO);
        let lines: Vec<_> = scale.lines().map(|usd| usd.to_string()).collect();
        assert_eq!(lines, ["0", "1", "2"]);
    }
}
