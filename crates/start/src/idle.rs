//! How often the queue of an idle pair is read.

use jiff::Timestamp;

/// SQS stops a queue's metrics after six hours without a call, and then delays the first alarm by
/// up to 15 minutes. A read in each of these windows keeps them awake, seconds.
/// See <https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-monitoring-using-cloudwatch.html>.
const QUEUE_READ_WINDOW_SECONDS: i64 = 4 * 3600;

/// The begin of the window that a tick lies in. An execution that is named after it is started by
/// the window's first tick; every later one finds it started already.
pub(crate) fn queue_read_at(tick: Timestamp) -> Timestamp {
    let second = tick.as_second();
    Timestamp::from_second(second - second.rem_euclid(QUEUE_READ_WINDOW_SECONDS)).unwrap_or(tick)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_ticks_of_a_window_share_its_begin() {
        let window = |tick: &str| queue_read_at(tick.parse().unwrap()).to_string();
        assert_eq!(window("2026-01-01T03:59:59.9Z"), "2026-01-01T00:00:00Z");
        assert_eq!(window("2026-01-01T04:00:00Z"), "2026-01-01T04:00:00Z");
        assert_eq!(window("2026-01-01T07:45:00Z"), "2026-01-01T04:00:00Z");
    }

    #[test]
    fn reads_are_never_six_hours_apart() {
        // The first tick of a window comes up to a rate after its begin; the doctor reports a rate
        // above two hours.
        const { assert!(QUEUE_READ_WINDOW_SECONDS + 2 * 3600 <= 6 * 3600) };
    }
}
