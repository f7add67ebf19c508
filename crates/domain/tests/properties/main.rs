//! What holds for every price history, every decision and every execution.

#![expect(
    clippy::unwrap_used,
    reason = "a value that cannot be made fails the test"
)]

mod average;
mod capacity;
mod clock;
mod decision;
mod flow;
mod group;
mod names;
mod price_text;
mod reasons;
mod scaling;
mod settings;
mod terms;
mod world;

use proptest::prelude::ProptestConfig;

/// How many cases proptest plays unless `PROPTEST_CASES` says otherwise.
const USUAL_CASES: u32 = 256;

/// So many cases, or in the same measure more or fewer than `PROPTEST_CASES` says.
fn cases(number: u32) -> ProptestConfig {
    let config = ProptestConfig::default();
    ProptestConfig {
        cases: (config.cases.saturating_mul(number) / USUAL_CASES).max(1),
        ..config
    }
}
