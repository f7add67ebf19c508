//! `spotmanager backtest`: what it would have cost, and whether jobs would have waited.

mod availability;
mod prices;

use anyhow::Result;

use crate::arguments::{Backtest, Global};

/// Replays, and tells what came of it.
pub(crate) async fn run(wanted: &Backtest, global: &Global) -> Result<()> {
    match wanted {
        Backtest::Prices(wanted) => Box::pin(prices::run(wanted, global)).await,
        Backtest::Availability(wanted) => availability::run(wanted, global.output),
    }
}
