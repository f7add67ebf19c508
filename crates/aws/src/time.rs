//! The SDK's times in the domain's.

use aws_smithy_types::DateTime;
use jiff::Timestamp;

/// `None` beyond the calendar.
pub(crate) fn timestamp(time: &DateTime) -> Option<Timestamp> {
    Timestamp::new(time.secs(), i32::try_from(time.subsec_nanos()).ok()?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_fraction_is_kept_and_no_time_beyond_the_calendar_is_made() {
        let time = DateTime::from_secs_and_nanos(1, 500_000_000);
        assert_eq!(timestamp(&time), Timestamp::from_millisecond(1_500).ok());
        assert_eq!(timestamp(&DateTime::from_secs(i64::MAX)), None);
    }
}
