//! Labels beside a picture, none of which covers another.

use rust_decimal::Decimal;

/// A label's height with the space around it, percent of a picture's height: 0.8 rem of 12.
pub(super) const HEIGHT: Decimal = Decimal::from_parts(7, 0, 0, false, 0);
/// The most that stand below one another.
pub(super) const MOST: usize = 13;

/// Where labels stand that would like to stand at `levels`, percent from the top, the topmost first.
/// Each is as near to its level as the others leave it.
pub(super) fn spread(levels: &[Decimal]) -> Vec<Decimal> {
    let mut least = Decimal::ZERO;
    let mut places: Vec<_> = levels
        .iter()
        .map(|level| {
            let place = least.max(*level);
            least = place + HEIGHT;
            place
        })
        .collect();
    let mut most = Decimal::ONE_HUNDRED;
    for place in places.iter_mut().rev() {
        *place = most.min(*place);
        most = *place - HEIGHT;
    }
    places
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_with_room_stand_at_their_levels() {
        let levels = [10, 50, 90].map(Decimal::from);
        assert_eq!(spread(&levels), levels);
    }

    #[test]
    fn equal_levels_stand_below_one_another() {
        let at_the_end = [100, 100, 100].map(Decimal::from);
        assert_eq!(spread(&at_the_end), [86, 93, 100].map(Decimal::from));
    }

    #[test]
    fn no_label_covers_another_wherever_the_levels_are() {
        for count in 0..=MOST {
            for factor in 0..101 {
                // Spread over the picture, crowded at its ends, or all at one place.
                let level = |index: usize| Decimal::from((index * factor + factor / 2) % 101);
                let mut levels: Vec<_> = (0..count).map(level).collect();
                levels.sort_unstable();
                let places = spread(&levels);
                for pair in places.windows(2) {
                    assert!(pair[1] - pair[0] >= HEIGHT, "{levels:?} at {places:?}");
                }
                let is_inside = |place: &Decimal| (0..=100).contains(&place.trunc().mantissa());
                assert!(places.iter().all(is_inside), "{levels:?} at {places:?}");
            }
        }
    }
}
