//! Pools by number, so that a record need not hold their names.

use std::collections::HashMap;

use spotmanager_decision::price::Pool;

/// The pools that were seen, in the order that they came in.
#[derive(Debug, Default)]
pub(crate) struct Pools {
    // By type, then by zone: asked with borrowed names.
    numbers: HashMap<String, HashMap<String, u32>>,
    pools: Vec<Pool>,
}

impl Pools {
    /// The number of a pool, which is a new one where it was not seen before.
    pub(crate) fn number(&mut self, instance_type: &str, availability_zone: &str) -> u32 {
        let known = self.numbers.get(instance_type);
        if let Some(number) = known.and_then(|zones| zones.get(availability_zone)) {
            return *number;
        }
        let number = u32::try_from(self.pools.len()).unwrap_or(u32::MAX);
        let zones = self.numbers.entry(instance_type.to_owned()).or_default();
        zones.insert(availability_zone.to_owned(), number);
        self.pools.push(Pool {
            instance_type: instance_type.to_owned(),
            availability_zone: availability_zone.to_owned(),
        });
        number
    }

    /// The pools in the order of type and zone, and for each number the place in it.
    pub(crate) fn sorted(self) -> (Vec<Pool>, Vec<usize>) {
        let mut numbered: Vec<_> = self.pools.into_iter().enumerate().collect();
        numbered.sort_by(|(_, a), (_, b)| a.cmp(b));
        let mut places = vec![0; numbered.len()];
        for (place, (number, _)) in numbered.iter().enumerate() {
            if let Some(slot) = places.get_mut(*number) {
                *slot = place;
            }
        }
        (numbered.into_iter().map(|(_, pool)| pool).collect(), places)
    }
}
