//! What a decision spends its time on, once over 10,000 price records: a guard counts its
//! instructions.

#[path = "../../decision/benches/decision/history.rs"]
mod history;

use rust_decimal::Decimal;
use spotmanager_decision::{
    left_out::Terms,
    verdict::{Demand, decide},
};

use history::{History, groups};

fn main() -> serde_json::Result<()> {
    let [spot, on_demand] = groups()?;
    let terms = Terms::with_margin(Decimal::from(15));
    let prices = History::of(10_000).average();
    let evaluation = decide(&spot, &on_demand, &terms, prices, Demand::Alarm(None));
    println!("{}", evaluation.verdict.sentence);
    Ok(())
}
