//! What keeps a history from being read.

use std::io;

/// A history that cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum HistoryError {
    /// It is no JSON of the form that is expected.
    #[error(
        "the history should be {{\"SpotPriceHistory\": [{{\"AvailabilityZone\": …, \"InstanceType\": …, \"SpotPrice\": …, \"Timestamp\": …}}, …]}}, as `aws ec2 describe-spot-price-history` writes it: {0}"
    )]
    Json(#[from] serde_json::Error),
    /// It is no CSV.
    #[error("the history should be CSV with a line of column names, or JSON: {0}")]
    Csv(#[from] csv::Error),
    /// A column is not there.
    #[error(
        "the column {missing} was not found among {found}; the columns should be AvailabilityZone, InstanceType, SpotPrice, Timestamp, and may be ProductDescription"
    )]
    Column {
        /// What it should be named.
        missing: &'static str,
        /// What the columns are named.
        found: String,
    },
    /// It could not be read, or not be sorted on disk.
    #[error("{0}")]
    Io(#[from] io::Error),
}
