//! What a deployment asks for ([`Terms`]), and the price that spot must not exceed ([`Limit`]).

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

#[cfg(doc)]
use crate::Settings;

/// What a deployment asks of a pool, and of both groups.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Terms {
    /// See [`Settings::safety_margin_percent`].
    pub safety_margin_percent: Decimal,
    /// See [`Settings::minimum_placement_score`].
    pub minimum_placement_score: u8,
    /// See [`Settings::maximum_percent_of_on_demand`].
    pub maximum_percent_of_on_demand: Option<Decimal>,
    /// See [`Settings::maximum_capacity_of_both_groups`].
    pub maximum_capacity_of_both_groups: Option<u32>,
}

impl Terms {
    /// A margin below the maximum price, and nothing else.
    #[must_use]
    pub fn with_margin(safety_margin_percent: Decimal) -> Self {
        Self {
            safety_margin_percent,
            minimum_placement_score: 0,
            maximum_percent_of_on_demand: None,
            maximum_capacity_of_both_groups: None,
        }
    }

    /// How much more than `asked` both groups may have together, in instances or units.
    #[must_use]
    pub fn room_of_both(&self, asked: i32) -> i32 {
        match self.maximum_capacity_of_both_groups {
            Some(most) => i32::try_from(most)
                .unwrap_or(i32::MAX)
                .saturating_sub(asked),
            None => i32::MAX,
        }
    }
}

/// What the limit is made of.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Limit {
    /// The group's maximum price, USD per instance-hour, or per unit-hour where the group weighs.
    pub maximum_price_usd: Decimal,
    /// How far below the maximum price the average must lie, percent.
    pub safety_margin_percent: Decimal,
    /// `maximum_price_usd * (1 - safety_margin_percent / 100)`, in the unit of `maximum_price_usd`.
    pub limit_usd: Decimal,
}

impl Limit {
    /// The limit below `maximum_price_usd` with a margin of `safety_margin_percent`.
    ///
    /// ```
    /// # use spotmanager_domain::verdict::Limit;
    /// let limit = Limit::new("0.50".parse()?, "15".parse()?);
    /// assert_eq!(limit.limit_usd, "0.425".parse()?);
    /// # Ok::<(), rust_decimal::Error>(())
    /// ```
    #[must_use]
    pub fn new(maximum_price_usd: Decimal, safety_margin_percent: Decimal) -> Self {
        let share = Decimal::ONE - safety_margin_percent / Decimal::ONE_HUNDRED;
        Self {
            maximum_price_usd,
            safety_margin_percent,
            // An input made by hand may hold any price and margin: none may overflow.
            limit_usd: maximum_price_usd
                .saturating_mul(share)
                .round_dp(6)
                .normalize(),
        }
    }
}
