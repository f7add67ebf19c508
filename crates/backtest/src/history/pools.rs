//! Pools by number, so that a record need not hold their names.

use std::collections::HashMap;

use spotmanager_domain::price::Pool;

/// The pools that were seen, in the order that they came in.
#[derive(Debug, Default)]
pub(crate) struct Pools {
    // By type, then by zone: asked with borrowed names.
    numbers: HashMap<String, HashMap<String, u32>>,
    /// Each with the time of its oldest record, microseconds since 1970.
    pools: Vec<(Pool, i64)>,
}

/// The pools in the order of type and zone.
#[derive(Debug)]
pub(crate) struct Sorted {
    pub(crate) pools: Vec<Pool>,
    /// When each one's oldest record begins, microseconds since 1970.
    pub(crate) firsts: Vec<i64>,
    /// For each number, the place among the pools.
    pub(crate) places: Vec<usize>,
}

impl Pools {
    /// The number of a pool that has a record at `at`; a pool that was not seen before gets a new one.
    pub(crate) fn number(&mut self, instance_type: &str, availability_zone: &str, at: i64) -> u32 {
        let known = self.numbers.get(instance_type);
        if let Some(number) = known.and_then(|zones| zones.get(availability_zone)) {
            let index = usize::try_from(*number).unwrap_or(usize::MAX);
            if let Some((_, first)) = self.pools.get_mut(index) {
                *first = at.min(*first);
            }
            return *number;
        }
        let number = u32::try_from(self.pools.len()).unwrap_or(u32::MAX);
        let zones = self.numbers.entry(instance_type.to_owned()).or_default();
        zones.insert(availability_zone.to_owned(), number);
        let pool = Pool {
            instance_type: instance_type.to_owned(),
            availability_zone: availability_zone.to_owned(),
        };
        self.pools.push((pool, at));
        number
    }

    pub(crate) fn sorted(self) -> Sorted {
        let mut numbered: Vec<_> = self.pools.into_iter().enumerate().collect();
        numbered.sort_by(|(_, (a, _)), (_, (b, _))| a.cmp(b));
        let mut places = vec![0; numbered.len()];
        for (place, (number, _)) in numbered.iter().enumerate() {
            if let Some(slot) = places.get_mut(*number) {
                *slot = place;
            }
        }
        let (pools, firsts) = numbered.into_iter().map(|(_, known)| known).unzip();
        Sorted {
            pools,
            firsts,
            places,
        }
    }
}
