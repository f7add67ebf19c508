//! A setting's figures, rounded as they are told.

use rust_decimal::Decimal;
use spotmanager_backtest::cost::{Answer, Outcome};

/// What a setting cost.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Cost {
    /// USD, to the cent.
    pub(super) usd: Decimal,
    /// USD less than always on-demand, to the cent.
    pub(super) saving_usd: Decimal,
    /// The same in percent, to a tenth.
    pub(super) saving_percent: Decimal,
}

impl Cost {
    pub(super) fn of(outcome: &Outcome, answer: &Answer) -> Self {
        let saving = answer.on_demand_usd - outcome.usd();
        let share = saving.checked_div(answer.on_demand_usd).unwrap_or_default();
        Self {
            usd: outcome.usd().round_dp(2),
            saving_usd: saving.round_dp(2),
            saving_percent: (share * Decimal::ONE_HUNDRED).round_dp(1),
        }
    }
}

/// Seconds as hours, to a tenth.
pub(super) fn hours(seconds: Decimal) -> Decimal {
    (seconds / Decimal::from(3_600)).round_dp(1)
}
