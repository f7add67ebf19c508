//! What would it have cost? The decision replayed over the changes of spot prices, under one setting
//! beside another.
//!
//! One instance is wanted all the time, in runs: an alarm begins a run, and `decide` says where it
//! goes. While it is on-demand, `Case::ReturnToSpot` looks for the way back on schedule. A spot instance
//! whose price passes the group's maximum is taken back, and `decide` says where its replacement
//! goes. Spot capacity itself is never short; that is the other question, [`crate::replay`].
//!
//! * [`Change`] is a price from a time on.
//! * [`Setting`] is what is compared.
//! * [`Replay`] takes the changes, one after the other, and gives an [`Answer`].

mod board;
mod change;
mod columns;
mod course;
mod elapsed;
mod outcome;
mod question;
mod replay;
mod running_average;
mod setting;

pub use change::Change;
pub use columns::{PriceColumn, ShareColumn};
pub use outcome::{Outcome, Replayed};
pub use question::{Cadence, Period, Question};
pub use replay::{Answer, Replay};
pub use running_average::RunningAverage;
pub use setting::{Average, Setting};
