//! When jobs come, and how long each takes.

use fastrand::Rng;

/// The jobs of a backtest: as many arrive on average as make `load` of one worker's time, at any
/// time alike (a Poisson process).
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Jobs {
    /// The share of one worker's time that the jobs ask for.
    pub load: f64,
    /// How long a job takes, seconds.
    pub job_seconds: u32,
    /// What the arrivals are drawn with.
    pub seed: u64,
}

impl Jobs {
    /// The seconds at which jobs arrive, in order, before `end`.
    #[must_use]
    pub fn arrivals(&self, end: u64) -> Vec<u64> {
        let mut rng = Rng::with_seed(self.seed);
        let mean = f64::from(self.job_seconds) / self.load;
        let end = f64::from(u32::try_from(end).unwrap_or(u32::MAX));
        let mut at = 0.0;
        std::iter::from_fn(|| {
            // The time to the next arrival is distributed exponentially.
            at -= mean * (1.0 - rng.f64()).ln();
            (at < end).then_some(at)
        })
        .map(|second| second as u64)
        .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_load_is_what_was_asked_for_and_the_seed_decides() {
        let jobs = Jobs {
            load: 0.6,
            job_seconds: 240,
            seed: 1,
        };
        let arrivals = jobs.arrivals(10_000_000);
        let load = f64::from(u32::try_from(arrivals.len()).unwrap()) * 240.0 / 10_000_000.0;
        assert!((load - 0.6).abs() < 0.02, "{load}");
        assert!(arrivals.is_sorted());
        assert_eq!(arrivals, jobs.arrivals(10_000_000));
        assert_ne!(arrivals, Jobs { seed: 2, ..jobs }.arrivals(10_000_000));
    }
}
