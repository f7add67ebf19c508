//! The axis of prices, the same in every picture.

use rust_decimal::Decimal;
use spotmanager_backtest::cost::PriceColumn;

/// About how many lines the axis has.
const LINES: u32 = 4;

/// From zero to a little above the highest of what is drawn.
#[derive(Clone, Copy, Debug)]
pub(super) struct Scale {
    top: Decimal,
    step: Decimal,
}

impl Scale {
    pub(super) fn of(prices: &[Vec<PriceColumn>], limits: &[Decimal], on_demand: Decimal) -> Self {
        let columns = prices.iter().flatten();
        let highest = columns.filter_map(|column| column.range.map(|(_, high)| high));
        let highest = highest.chain(limits.iter().copied()).max();
        let highest = highest.unwrap_or(on_demand).max(on_demand);
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
        let scale = Scale::of(&[], &[Decimal::ONE], Decimal::TWO);
        assert_eq!(scale.below_top(Decimal::ZERO), Decimal::ONE_HUNDRED);
        assert_eq!(scale.below_top(Decimal::new(216, 2)), Decimal::ZERO);
        let lines: Vec<_> = scale.lines().map(|usd| usd.to_string()).collect();
        assert_eq!(lines, ["0", "1", "2"]);
    }
}
