//! Clocks that differ, and windows anywhere in the calendar.

use jiff::{SignedDuration, Timestamp};
use proptest::prelude::*;
use rust_decimal::Decimal;
use spotmanager_domain::price::{PriceAverages, PriceChange, Window};

use crate::average::{SECONDS, averaged, changes, pool};

fn any_timestamp() -> impl Strategy<Value = Timestamp> {
    let seconds = Timestamp::MIN.as_second()..=Timestamp::MAX.as_second();
    prop_oneof![
        Just(Timestamp::MIN),
        Just(Timestamp::MAX),
        seconds.prop_map(|second| Timestamp::from_second(second).unwrap())
    ]
}

proptest! {
    #[test]
    fn records_from_after_the_window_change_nothing(
        changes in changes(),
        late in prop::collection::vec((SECONDS..1_000_000_000, 0..100_000_u32), 0..6),
    ) {
        let with_late: Vec<_> = late.iter().chain(&changes).copied().collect();
        prop_assert_eq!(averaged(&with_late), averaged(&changes));
    }

    #[test]
    fn a_window_is_as_long_as_asked_for_or_none(end in any_timestamp(), seconds in any::<u32>()) {
        let length = SignedDuration::from_secs(seconds.into());
        prop_assert_eq!(Window::ending_at(end, 0), None);
        match Window::ending_at(end, seconds) {
            Some(window) => {
                prop_assert_eq!(window.end, end);
                prop_assert_eq!(window.end.duration_since(window.start), length);
            }
            None => prop_assert!(seconds == 0 || end.duration_since(Timestamp::MIN) < length),
        }
    }

    #[test]
    fn a_price_that_held_all_along_is_the_average_of_any_window(
        end in any_timestamp(),
        seconds in 1..=u32::MAX,
        millionths in 0..=1_000_000_000_000_i64,
        before in any_timestamp(),
    ) {
        if let Some(window) = Window::ending_at(end, seconds) {
            let mut averages = PriceAverages::new(window, [pool()]);
            let usd = Decimal::new(millionths, 6);
            averages.add(PriceChange { pool: pool(), at: before.min(window.start), usd });
            let price = averages.finish().remove(0);
            prop_assert_eq!(price.average_usd, Some(usd));
            prop_assert_eq!(price.covered_seconds, i64::from(seconds));
        }
    }
}
