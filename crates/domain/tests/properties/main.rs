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
