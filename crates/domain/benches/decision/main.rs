//! How long an average and a verdict take, by the number of price records behind them.

mod average;
mod history;
mod verdict;

use criterion::Criterion;

/// How many price records.
const SAMPLES: [u64; 3] = [10, 10_000, 1_000_000];

fn main() -> serde_json::Result<()> {
    let mut criterion = Criterion::default().configure_from_args();
    average::add(&mut criterion);
    verdict::add(&mut criterion)?;
    criterion.final_summary();
    Ok(())
}
