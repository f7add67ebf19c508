//! Where spot could be had, and when; or when it was taken back.

use std::io::Read;

use serde::{Deserialize, de::IgnoredAny};

/// What a trace counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TraceKind {
    /// How many spot instances could be had, probed at regular times.
    Availability,
    /// How many instances ran at regular times, of those that were kept running. If fewer than at the
    /// point before, EC2 took them back. It says nothing of how many more could be had.
    Preemption,
}

impl TraceKind {
    /// The kind of a file, which its name says: one of preemptions has `preemption` in it, such as
    /// `us-east-1f.p3.2xlarge.4-node-preemption.json`.
    #[must_use]
    pub fn of_file(name: &str) -> Self {
        if name.to_ascii_lowercase().contains("preemption") {
            Self::Preemption
        } else {
            Self::Availability
        }
    }
}

/// What was seen of spot instances in an Availability Zone, at regular times.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Trace {
    zone: String,
    kind: TraceKind,
    gap_seconds: u32,
    counts: Vec<u32>,
}

/// A trace that cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum TraceError {
    /// It is not JSON of the form that is expected.
    #[error(
        "the trace of {zone} should be {{\"metadata\": {{\"gap_seconds\": 195}}, \"data\": [0, 1, …]}}: {why}"
    )]
    Json {
        /// The Availability Zone.
        zone: String,
        /// What is wrong, and where.
        why: serde_json::Error,
    },
    /// It says nothing.
    #[error("data of the trace of {zone} was empty; it should be the instances at each probe")]
    Empty {
        /// The Availability Zone.
        zone: String,
    },
    /// Its probes are all at the same time.
    #[error(
        "gap_seconds of the trace of {zone} was 0; it should be the seconds between two probes, at least 1"
    )]
    NoGap {
        /// The Availability Zone.
        zone: String,
    },
}

#[derive(Deserialize)]
struct File {
    metadata: Metadata,
    data: Vec<u32>,
    /// Only traces of preemptions have a price at each point.
    prices: Option<IgnoredAny>,
}

#[derive(Deserialize)]
struct Metadata {
    gap_seconds: u32,
}

impl Trace {
    /// Reads `{"metadata": {"gap_seconds": 195}, "data": [0, 1, …]}`, where each entry of `data` is
    /// a number of instances, `gap_seconds` after the entry before. A file with `prices` is one of
    /// preemptions, whatever `kind` is.
    ///
    /// # Errors
    /// [`TraceError`] if it is of another form, or says nothing.
    pub fn read(zone: &str, kind: TraceKind, from: impl Read) -> Result<Self, TraceError> {
        let file: File = serde_json::from_reader(from).map_err(|why| TraceError::Json {
            zone: zone.to_owned(),
            why,
        })?;
        let kind = match file.prices {
            Some(IgnoredAny) => TraceKind::Preemption,
            None => kind,
        };
        Self::new(zone, kind, file.metadata.gap_seconds, file.data)
    }

    /// A trace of probes that follow each other after `gap_seconds`.
    ///
    /// # Errors
    /// [`TraceError`] if there are no probes, or no time between them.
    pub fn new(
        zone: &str,
        kind: TraceKind,
        gap_seconds: u32,
        counts: Vec<u32>,
    ) -> Result<Self, TraceError> {
        let zone = zone.to_owned();
        if gap_seconds == 0 {
            return Err(TraceError::NoGap { zone });
        }
        if counts.is_empty() {
            return Err(TraceError::Empty { zone });
        }
        Ok(Self {
            zone,
            kind,
            gap_seconds,
            counts,
        })
    }

    /// The same, with so many instances for each that it counts: what was probed with one instance,
    /// taken for a zone that has all or none of a fleet.
    #[must_use]
    pub fn times(mut self, instances: u32) -> Self {
        for count in &mut self.counts {
            *count = count.saturating_mul(instances);
        }
        self
    }

    /// The Availability Zone.
    #[must_use]
    pub fn zone(&self) -> &str {
        &self.zone
    }

    /// What it counts.
    #[must_use]
    pub const fn kind(&self) -> TraceKind {
        self.kind
    }

    /// How long it is, seconds.
    #[must_use]
    pub fn seconds(&self) -> u64 {
        u64::try_from(self.counts.len()).unwrap_or(u64::MAX) * u64::from(self.gap_seconds)
    }

    /// The most instances that it counts.
    #[must_use]
    pub fn nodes(&self) -> u32 {
        self.counts.iter().copied().max().unwrap_or_default()
    }

    /// How many instances can be had so many seconds after its begin; what a probe saw holds until
    /// the next. A trace of preemptions knows no limit.
    #[must_use]
    pub fn available(&self, second: u64) -> u32 {
        match self.kind {
            TraceKind::Availability => self.count(self.probe(second)),
            TraceKind::Preemption => u32::MAX,
        }
    }

    /// How many of `running` instances EC2 says at `second` that it takes back, if it has taken back
    /// none until `before`: those that are more than can be had, or as many as were preempted since.
    pub(crate) fn reclaimed(&self, running: u32, before: u64, second: u64) -> u32 {
        match self.kind {
            TraceKind::Availability => running.saturating_sub(self.available(second)),
            TraceKind::Preemption => self.preempted(before, second).min(running),
        }
    }

    /// The share of the time in which an instance could be had.
    #[must_use]
    pub fn share_available(&self) -> f64 {
        let available = self.counts.iter().filter(|count| **count > 0).count();
        share(u64::try_from(available).unwrap_or(u64::MAX), self.probes())
    }

    /// How many instances it counts on average.
    #[must_use]
    pub fn mean(&self) -> f64 {
        share(
            self.counts.iter().copied().map(u64::from).sum(),
            self.probes(),
        )
    }

    /// How many preemptions it counts.
    #[must_use]
    pub fn preemptions(&self) -> u32 {
        self.preempted(0, self.seconds())
    }

    fn preempted(&self, before: u64, second: u64) -> u32 {
        let fell = |probe| self.count(probe - 1).saturating_sub(self.count(probe));
        let last = self.probe(second).min(self.probes().saturating_sub(1));
        (self.probe(before) + 1..=last).map(fell).sum()
    }

    fn probe(&self, second: u64) -> u64 {
        second / u64::from(self.gap_seconds)
    }

    fn probes(&self) -> u64 {
        u64::try_from(self.counts.len()).unwrap_or(u64::MAX)
    }

    fn count(&self, probe: u64) -> u32 {
        let count = usize::try_from(probe).ok();
        count
            .and_then(|probe| self.counts.get(probe).copied())
            .unwrap_or(0)
    }
}

fn share(part: u64, of: u64) -> f64 {
    let float = |count: u64| f64::from(u32::try_from(count).unwrap_or(u32::MAX));
    float(part) / float(of)
}

#[cfg(test)]
mod tests;
