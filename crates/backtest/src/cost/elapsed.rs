//! How long it is from one time to another.

use jiff::Timestamp;
use rust_decimal::Decimal;

/// From one time to another, seconds to the microsecond.
pub(super) fn seconds(from: Timestamp, to: Timestamp) -> Decimal {
    Decimal::from_i128_with_scale(to.duration_since(from).as_micros(), 6)
}
