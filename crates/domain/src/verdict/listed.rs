//! Which pools an evaluation lists if they are too many for the data between states.

use std::num::NonZeroUsize;

use super::Evaluation;

impl Evaluation {
    /// Lists no more than `most` pools, in their order, and tells how many it leaves off. Pools that
    /// are a choice stay before those that are excluded, and these before pools without a price; of
    /// each kind the cheapest for a unit stay. Verdict and [`Self::cheapest`] are as they were.
    pub fn list_at_most(&mut self, most: usize) -> Option<NonZeroUsize> {
        let left_off = NonZeroUsize::new(self.pools.len().saturating_sub(most))?;
        self.pools.sort_by_cached_key(|price| {
            let usd = price.usd_per_unit();
            (usd.is_none(), price.excluded.is_some(), usd)
        });
        self.pools.truncate(most);
        self.pools.sort_by(|a, b| a.pool.cmp(&b.pool));
        Some(left_off)
    }
}
