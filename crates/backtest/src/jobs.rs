//! When jobs come, and how long each takes.

use fastrand::Rng;

/// The jobs of a backtest: as many arrive on average as make `load` of one worker's time, at any
/// time alike (a Poisson process), each alone or several at once.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Jobs {
    /// How many workers' time the jobs ask for on average; less than 1 is a share of one's.
    pub load: f64,
    /// How long a job takes, seconds.
    pub job_seconds: u32,
    /// How many come at once; at least 1.
    pub at_once: u32,
    /// What the arrivals are drawn with.
    pub seed: u64,
}

impl Jobs {
    /// The seconds at which jobs arrive, in order, before `end`.
    #[must_use]
    pub fn arrivals(&self, end: u64) -> Vec<u64> {
        let mut rng = Rng::with_seed(self.seed);
        let mean = f64::from(self.job_seconds) * f64::from(self.at_once) / self.load;
        let end = f64::from(u32::try_from(end).unwrap_or(u32::MAX));
        let at_once = usize::try_from(self.at_once).unwrap_or(usize::MAX);
        let mut at = 0.0;
        std::iter::from_fn(|| {
            // The time to the next arrival is distributed exponentially.
            at -= mean * (1.0 - rng.f64()).ln();
            (at < end).then_some(at)
        })
        .flat_map(|second| std::iter::repeat_n(second as u64, at_once))
        .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_load_is_what_was_asked_for_and_the_seed_decides() {
        for (load, at_once) in [(0.6, 1), (6.0, 1), (6.0, 40)] {
            let jobs = Jobs {
                load,
                job_seconds: 240,
                at_once,
                seed: 1,
            };
            let arrivals = jobs.arrivals(40_000_000);
            let found = f64::from(u32::try_from(arrivals.len()).unwrap()) * 240.0 / 40_000_000.0;
            assert!((found / load - 1.0).abs() < 0.04, "{found}");
            assert!(arrivals.is_sorted());
            assert_eq!(arrivals, jobs.arrivals(40_000_000));
            assert_ne!(arrivals, Jobs { seed: 2, ..jobs }.arrivals(40_000_000));
        }
    }

    #[test]
    fn those_at_once_come_in_the_same_second() {
        let jobs = Jobs {
            load: 4.0,
            job_seconds: 240,
            at_once: 40,
            seed: 1,
        };
        let arrivals = jobs.arrivals(1_000_000);
        assert!(arrivals.len() > 400);
        let mut batches = arrivals.chunks(40);
        assert!(batches.all(|batch| batch.len() == 40 && batch[0] == batch[39]));
    }
}
