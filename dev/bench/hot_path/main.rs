//! What a decision spends its time on, once over 10,000 price records: a guard counts its
//! instructions.

#[path = "../../../crates/domain/benches/decision/history.rs"]
mod history;

use rust_decimal::Decimal;
use spotmanager_domain::verdict::{Case, Demand, Situation, Terms};

use history::{History, groups};

fn main() -> serde_json::Result<()> {
    let [spot, on_demand] = groups()?;
    let situation = Situation {
        spot: &spot,
        on_demand: &on_demand,
        terms: Terms::with_margin(Decimal::from(15)),
        case: Case::ScaleUp(Demand::Alarm(None)),
    };
    let evaluation = situation.decide(History::of(10_000).prices());
    println!("{}", evaluation.verdict.sentence);
    Ok(())
}
