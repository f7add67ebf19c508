//! From the start of a process to its first poll of the runtime API.

use std::{collections::BTreeMap, time::Duration};

use anyhow::Result;

use crate::{
    resources::peak_memory,
    sample::Sample,
    subject::{Subjects, environment_without_calls},
};

/// What a start may take before it is given up.
pub(crate) const PATIENCE: Duration = Duration::from_secs(60);

/// A program's starts.
#[derive(Clone, Debug, Default)]
pub(crate) struct Start {
    pub(crate) milliseconds: Sample,
    pub(crate) peak_mib: Sample,
}

/// Starts every program in turn, so often, so that whatever else the machine does meets all of
/// them.
pub(crate) async fn measure(
    subjects: &Subjects,
    runs: usize,
) -> Result<BTreeMap<&'static str, Start>> {
    let environment = environment_without_calls();
    let mut starts: BTreeMap<_, Start> = BTreeMap::new();
    // The first round reads the files into memory, and is not counted.
    for run in 0..=runs {
        for subject in subjects.all() {
            let mut process = subject.spawn(&environment).await?;
            let after = process.asks(PATIENCE).await?;
            let peak = peak_memory(&process)?;
            process.kill().await?;
            if run > 0 {
                let start = starts.entry(subject.name).or_default();
                start.milliseconds.add(after.as_secs_f64() * 1000.0);
                start.peak_mib.add(peak);
            }
        }
    }
    Ok(starts)
}
