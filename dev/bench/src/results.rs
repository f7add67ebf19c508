//! Everything that one run of the bench measured.

use std::collections::BTreeMap;

use spotmanager_artifacts::FUNCTIONS;

use crate::{
    builds::Builds,
    decisions::Figures,
    hot_path::HotPath,
    pages::Pages,
    start::Start,
    subject::{EMPTY, ORIGINAL},
    transitions::Decisions,
};

/// Without which SpotManager does not decide; *verify* looks afterwards, which the original does
/// not.
pub(crate) const DECIDING: [&str; 4] = ["start", "discover", "evaluate", "scale"];

/// What was measured, by the program's name where there are several.
#[derive(Clone, Debug)]
pub(crate) struct Results {
    pub(crate) runs: usize,
    pub(crate) runs_of_pages: usize,
    pub(crate) starts: BTreeMap<&'static str, Start>,
    pub(crate) decisions: BTreeMap<&'static str, Figures>,
    /// Bytes.
    pub(crate) packages: Vec<(&'static str, usize)>,
    pub(crate) pages: Pages,
    pub(crate) transitions: Decisions,
    pub(crate) hot_path: Vec<HotPath>,
    /// Up to the first poll; empty where valgrind is not installed.
    pub(crate) instructions: Vec<(&'static str, u64)>,
    pub(crate) builds: Option<Builds>,
}

impl Results {
    /// The median time to the first poll, milliseconds.
    pub(crate) fn start(&self, name: &str) -> f64 {
        let start = self.starts.get(name);
        start.map_or(f64::NAN, |start| start.milliseconds.median())
    }

    /// The median of the peak memory at the first poll, MiB.
    pub(crate) fn memory_at_start(&self, name: &str) -> f64 {
        let start = self.starts.get(name);
        start.map_or(f64::NAN, |start| start.peak_mib.median())
    }

    /// A median of a program's part of the decision.
    pub(crate) fn of_decision(&self, name: &str, figure: impl Fn(&Figures) -> f64) -> f64 {
        self.decisions.get(name).map_or(f64::NAN, figure)
    }

    /// KiB.
    pub(crate) fn package(&self, name: &str) -> Option<f64> {
        let mut packages = self.packages.iter();
        let (_, bytes) = packages.find(|(of, _)| *of == name)?;
        Some(f64::from(u32::try_from(*bytes).ok()?) / 1024.0)
    }

    pub(crate) fn instructions(&self, name: &str) -> Option<u64> {
        let mut counts = self.instructions.iter();
        counts.find(|(of, _)| *of == name).map(|(_, count)| *count)
    }

    /// How many calls SpotManager's first decision makes, and how many the original's.
    pub(crate) fn calls(&self) -> (usize, usize) {
        let calls = |name: &str| {
            let figures = self.decisions.get(name);
            figures.map_or(0, |figures| figures.first_calls.len())
        };
        (DECIDING.map(calls).iter().sum(), calls(ORIGINAL))
    }

    /// How many times as much as a function the original takes of it.
    pub(crate) fn times_less(&self, of: impl Fn(&str) -> f64, name: &str) -> f64 {
        of(ORIGINAL) / of(name)
    }

    /// How many times as long as the empty runtime a program takes to its first poll.
    pub(crate) fn times_empty(&self, name: &str) -> f64 {
        self.start(name) / self.start(EMPTY)
    }
}

/// The function of which the figure is highest.
pub(crate) fn highest(of: impl Fn(&'static str) -> f64) -> (&'static str, f64) {
    FUNCTIONS
        .map(|name| (name, of(name)))
        .into_iter()
        .max_by(|a, b| a.1.total_cmp(&b.1))
        .unwrap_or_default()
}
