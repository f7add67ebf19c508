//! Decisions of both sides in turn: memory, CPU time, calls, and how long they take where every
//! call takes longer.

use std::{collections::BTreeMap, time::Duration};

use anyhow::Result;

use crate::{farm::Farm, sample::Sample, side::Side, step::Step, subject::Subjects};

/// What is added to every call.
pub(crate) const DELAY: Duration = Duration::from_millis(50);

/// What a program took for its part of a decision.
#[derive(Clone, Debug, Default)]
pub(crate) struct Figures {
    /// After the first decision.
    pub(crate) peak_mib: Sample,
    /// Of a warm invocation.
    pub(crate) cpu_milliseconds: Sample,
    /// Of a warm invocation.
    pub(crate) milliseconds: Sample,
    /// Of a warm invocation while every call takes [`DELAY`] longer.
    pub(crate) delayed_milliseconds: Sample,
    /// The actions called in the first decision.
    pub(crate) first_calls: Vec<String>,
    /// The actions called when warm.
    pub(crate) warm_calls: Vec<String>,
}

/// Lets both decide in turn, so often, in processes of their own each time, and for a stack of its
/// own: what one decision did, the next would have to read.
pub(crate) async fn measure(
    subjects: &Subjects,
    runs: usize,
) -> Result<BTreeMap<&'static str, Figures>> {
    let mut figures = BTreeMap::new();
    for _ in 0..runs {
        // Boxed, for the SDK's futures are nested deep.
        let farm = Box::pin(Farm::deploy()).await?;
        let spot_manager = Side::spot_manager(subjects, &farm).await?;
        run(spot_manager, &farm, &mut figures).await?;
        let original = Side::original(subjects, &farm).await?;
        run(original, &farm, &mut figures).await?;
        farm.local.stop().await;
    }
    Ok(figures)
}

async fn run(
    mut side: Side,
    farm: &Farm,
    figures: &mut BTreeMap<&'static str, Figures>,
) -> Result<()> {
    for step in side.decide(farm).await? {
        figures.entry(step.name).or_default().first_calls = step.calls;
    }
    for (name, peak) in side.peaks()? {
        figures.entry(name).or_default().peak_mib.add(peak);
    }
    for step in side.decide(farm).await? {
        let figures = figures.entry(step.name).or_default();
        figures.cpu_milliseconds.add(milliseconds(step.cpu));
        figures.milliseconds.add(milliseconds(step.took));
        figures.warm_calls = step.calls;
    }
    for step in delayed(&mut side, farm).await? {
        let figures = figures.entry(step.name).or_default();
        figures.delayed_milliseconds.add(milliseconds(step.took));
    }
    Ok(())
}

async fn delayed(side: &mut Side, farm: &Farm) -> Result<Vec<Step>> {
    farm.local.delay_calls(DELAY);
    let steps = side.decide(farm).await;
    farm.local.delay_calls(Duration::ZERO);
    steps
}

fn milliseconds(time: Duration) -> f64 {
    time.as_secs_f64() * 1000.0
}
