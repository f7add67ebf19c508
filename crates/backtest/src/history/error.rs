//! What keeps a history from being read.

use std::io;

/// A history that cannot be read. A cause is part of the message, and no source beside it.
#[derive(Debug, thiserror::Error)]
pub enum HistoryError {
    /// It is no JSON of the form that is expected.
    #[error(
        "it should be {{\"SpotPriceHistory\": [{{\"AvailabilityZone\": …, \"InstanceType\": …, \"SpotPrice\": …, \"Timestamp\": …}}, …]}}, as `aws ec2 describe-spot-price-history` writes it: {why}"
    )]
    Json {
        /// What is wrong, and where.
        why: String,
    },
    /// It is no CSV.
    #[error("it should be CSV with a line of column names, or JSON: {why}")]
    Csv {
        /// What is wrong, and where.
        why: String,
    },
    /// There is nothing in it.
    #[error(
        "it is empty; it should be what `aws ec2 describe-spot-price-history` writes, or CSV with the columns AvailabilityZone, InstanceType, SpotPrice, Timestamp"
    )]
    Empty,
    /// A column is not there.
    #[error(
        "line 1 has no column {missing}, but {found}; it should name the columns AvailabilityZone, InstanceType, SpotPrice and Timestamp, with commas between them, and may name ProductDescription"
    )]
    Column {
        /// What it should be named.
        missing: &'static str,
        /// What the columns are named.
        found: String,
    },
    /// It could not be read, or not be sorted on disk.
    #[error(transparent)]
    Io(#[from] io::Error),
}

impl From<serde_json::Error> for HistoryError {
    fn from(error: serde_json::Error) -> Self {
        if error.is_io() {
            return Self::Io(error.into());
        }
        Self::Json {
            why: error.to_string(),
        }
    }
}

impl From<csv::Error> for HistoryError {
    fn from(error: csv::Error) -> Self {
        let why = error.to_string();
        match error.into_kind() {
            csv::ErrorKind::Io(error) => Self::Io(error),
            _ => Self::Csv { why },
        }
    }
}
