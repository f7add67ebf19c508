//! Histories of spot prices, as the AWS CLI writes them or as CSV, in the order of time.
//!
//! A history of any length is read record by record: what does not fit into memory is sorted on disk.
//! See <https://docs.aws.amazon.com/cli/latest/reference/ec2/describe-spot-price-history.html>.
//!
//! * [`Gatherer`] takes files and records in any order.
//! * [`History`] gives them back as changes, the oldest first.

mod by_time;
mod csv_file;
mod error;
mod file;
mod gatherer;
mod json_field;
mod json_file;
mod pools;
mod problem;
mod record;
mod seen;
mod sorter;
#[cfg(test)]
mod tests;

pub use by_time::History;
pub use error::HistoryError;
pub use gatherer::{Gatherer, Wanted};
pub use seen::Seen;
