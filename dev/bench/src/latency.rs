//! What a delay of every call costs a decision, held against its critical path.

use anyhow::{Context, Result};

use crate::{
    critical_path,
    decisions::DELAY,
    results::{DECIDING, Results},
};

/// A program's part of a decision while every call takes longer.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Latency {
    /// The calls that each need the one before.
    pub(crate) chain: Vec<&'static str>,
    /// Without the delay.
    pub(crate) milliseconds: f64,
    /// With it.
    pub(crate) delayed: f64,
}

impl Latency {
    /// Of one program.
    pub(crate) fn of(results: &Results, name: &str) -> Result<Self> {
        let figures = results
            .decisions
            .get(name)
            .with_context(|| format!("{name} was not measured"))?;
        Ok(Self {
            chain: critical_path::of(name, &figures.warm_calls)?.to_vec(),
            milliseconds: figures.milliseconds.median(),
            delayed: figures.delayed_milliseconds.median(),
        })
    }

    /// Of SpotManager's whole decision, whose functions run one after the other.
    pub(crate) fn of_decision(results: &Results) -> Result<Self> {
        let mut whole = Self {
            chain: Vec::new(),
            milliseconds: 0.0,
            delayed: 0.0,
        };
        for name in DECIDING {
            let part = Self::of(results, name)?;
            whole.chain.extend(part.chain);
            whole.milliseconds += part.milliseconds;
            whole.delayed += part.delayed;
        }
        Ok(whole)
    }

    /// What the delay adds.
    pub(crate) fn added(&self) -> f64 {
        self.delayed - self.milliseconds
    }

    /// The least that it can add: the delay for each call of the chain.
    pub(crate) fn least(&self) -> f64 {
        let calls = u32::try_from(self.chain.len()).unwrap_or(u32::MAX);
        f64::from(calls) * DELAY.as_secs_f64() * 1000.0
    }
}
