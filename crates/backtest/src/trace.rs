//! Where spot could be had, and when.

use std::io::Read;

use serde::Deserialize;

/// Whether one more spot instance could be had in an Availability Zone, probed at regular times.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Trace {
    zone: String,
    gap_seconds: u32,
    available: Vec<bool>,
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
    #[error(
        "data of the trace of {zone} was empty; it should be the instances available at each probe"
    )]
    Empty {
        /// The Availability Zone.
        zone: String,
    },
    /// Its probes follow each other at once.
    #[error(
        "gap_seconds of the trace of {zone} was {found}; it should be the seconds between two probes, a multiple of {step}"
    )]
    Gap {
        /// The Availability Zone.
        zone: String,
        /// What it was.
        found: u32,
        /// What it should be a multiple of.
        step: u32,
    },
}

#[derive(Deserialize)]
struct File {
    metadata: Metadata,
    data: Vec<u32>,
}

#[derive(Deserialize)]
struct Metadata {
    gap_seconds: u32,
}

impl Trace {
    /// Reads `{"metadata": {"gap_seconds": 195}, "data": [0, 1, …]}`, where each entry of `data` is
    /// how many instances could be had, `gap_seconds` after the entry before.
    ///
    /// # Errors
    /// [`TraceError`] when it is of another form, or says nothing.
    pub fn read(zone: &str, from: impl Read) -> Result<Self, TraceError> {
        let file: File = serde_json::from_reader(from).map_err(|why| TraceError::Json {
            zone: zone.to_owned(),
            why,
        })?;
        let available = file.data.iter().map(|count| *count > 0).collect();
        Self::new(zone, file.metadata.gap_seconds, available)
    }

    /// A trace of probes that follow each other after `gap_seconds`.
    ///
    /// # Errors
    /// [`TraceError`] when there are no probes, or the gap is no multiple of [`crate::STEP_SECONDS`].
    pub fn new(zone: &str, gap_seconds: u32, available: Vec<bool>) -> Result<Self, TraceError> {
        let zone = zone.to_owned();
        if gap_seconds == 0 || !gap_seconds.is_multiple_of(crate::STEP_SECONDS) {
            return Err(TraceError::Gap {
                zone,
                found: gap_seconds,
                step: crate::STEP_SECONDS,
            });
        }
        if available.is_empty() {
            return Err(TraceError::Empty { zone });
        }
        Ok(Self {
            zone,
            gap_seconds,
            available,
        })
    }

    /// The Availability Zone.
    #[must_use]
    pub fn zone(&self) -> &str {
        &self.zone
    }

    /// How long it is, seconds.
    #[must_use]
    pub fn seconds(&self) -> u64 {
        u64::try_from(self.available.len()).unwrap_or(u64::MAX) * u64::from(self.gap_seconds)
    }

    /// Whether an instance can be had so many seconds after its begin; what a probe saw holds until
    /// the next.
    #[must_use]
    pub fn is_available(&self, second: u64) -> bool {
        usize::try_from(second / u64::from(self.gap_seconds))
            .ok()
            .and_then(|probe| self.available.get(probe).copied())
            .unwrap_or(false)
    }

    /// The share of the time in which an instance could be had.
    #[must_use]
    pub fn share_available(&self) -> f64 {
        let probes = |count: usize| f64::from(u32::try_from(count).unwrap_or(u32::MAX));
        let available = self.available.iter().filter(|available| **available);
        probes(available.count()) / probes(self.available.len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_probe_saw_holds_until_the_next() {
        let json = br#"{"metadata": {"gap_seconds": 10}, "data": [0, 2, 1, 0]}"#;
        let trace = Trace::read("a", &json[..]).unwrap();
        assert_eq!(trace.seconds(), 40);
        let seen: Vec<_> = (0..5).map(|i| trace.is_available(i * 10 + 9)).collect();
        assert_eq!(seen, [false, true, true, false, false]);
        assert!((trace.share_available() - 0.5).abs() < f64::EPSILON);
    }

    #[test]
    fn another_form_is_refused_by_name() {
        for (json, named) in [
            (r#"{"data": [1]}"#, "metadata"),
            (
                r#"{"metadata": {"gap_seconds": 0}, "data": [1]}"#,
                "gap_seconds",
            ),
            (
                r#"{"metadata": {"gap_seconds": 7}, "data": [1]}"#,
                "gap_seconds",
            ),
            (r#"{"metadata": {"gap_seconds": 5}, "data": []}"#, "data"),
        ] {
            let error = Trace::read("a", json.as_bytes()).unwrap_err().to_string();
            assert!(error.contains(named), "{error}");
        }
    }
}
