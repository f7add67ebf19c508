//! One figure, taken several times.

use statrs::statistics::{Data, OrderStatistics};

/// What was measured, once for each run.
#[derive(Clone, Debug, Default)]
pub(crate) struct Sample(Vec<f64>);

impl Sample {
    pub(crate) fn add(&mut self, figure: f64) {
        self.0.push(figure);
    }

    pub(crate) fn median(&self) -> f64 {
        Data::new(self.0.clone()).median()
    }

    /// The interquartile range: half of the runs lie within.
    pub(crate) fn spread(&self) -> f64 {
        Data::new(self.0.clone()).interquartile_range()
    }

    /// Median and spread, to so many decimals.
    pub(crate) fn shown(&self, decimals: usize) -> String {
        let (median, spread) = (self.median(), self.spread());
        format!("{median:.decimals$} ({spread:.decimals$})")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_run_that_was_disturbed_moves_neither_figure() {
        let mut sample = Sample::default();
        for _ in 0..20 {
            sample.add(10.0);
        }
        sample.add(900.0);
        assert_eq!(sample.shown(1), "10.0 (0.0)");
    }

    #[test]
    fn half_of_the_runs_lie_within_the_spread() {
        let mut sample = Sample::default();
        for figure in 0..21 {
            sample.add(f64::from(figure));
        }
        assert_eq!(sample.shown(1), "10.0 (10.7)");
    }
}
