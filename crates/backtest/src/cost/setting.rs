//! What is compared.

use rust_decimal::Decimal;
use spotmanager_domain::verdict::Terms;

/// How the prices of a window become one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Average {
    /// Each price weighs as long as it held, as SpotManager has it.
    TimeWeighted,
    /// Each price weighs alike, as the 2016 original had it.
    PlainMean,
}

/// What the decision goes by.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Setting {
    /// The spot group's maximum price, USD per instance-hour; without one EC2 caps at on-demand.
    pub maximum_price: Option<Decimal>,
    /// What the on-demand group's instance costs, USD per instance-hour.
    pub on_demand_usd: Decimal,
    /// The margin, and the most that spot may cost of the on-demand price.
    pub terms: Terms,
    /// The window that prices are averaged over, seconds.
    pub window_seconds: u32,
    /// How they are averaged.
    pub average: Average,
    /// The pools that the spot group launches into, as [`Change::pool`](super::Change::pool) has them.
    pub pools: Vec<usize>,
}
