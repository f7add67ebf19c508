//! What criterion measured of the decision.
//! See <https://criterion-rs.github.io/book/user_guide/advanced_configuration.html>.

use std::{fs, path::Path};

use anyhow::{Context, Result};
use serde::Deserialize;

/// Criterion's groups, and how many price records each was measured with.
const GROUPS: [&str; 2] = ["average", "verdict"];
const SAMPLES: [u32; 3] = [10, 10_000, 1_000_000];

/// One benchmark.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct HotPath {
    pub(crate) name: &'static str,
    pub(crate) samples: u32,
    /// For each price record.
    pub(crate) nanoseconds: f64,
    /// The median absolute deviation, likewise.
    pub(crate) deviation: f64,
}

#[derive(Deserialize)]
struct Estimates {
    median: Estimate,
    median_abs_dev: Estimate,
}

#[derive(Deserialize)]
struct Estimate {
    point_estimate: f64,
}

/// Reads every benchmark from the folder into which criterion wrote.
pub(crate) fn read(criterion: &Path) -> Result<Vec<HotPath>> {
    let mut all = Vec::new();
    for name in GROUPS {
        for samples in SAMPLES {
            let path = criterion.join(format!("{name}/{samples}/new/estimates.json"));
            let text = fs::read_to_string(&path)
                .with_context(|| format!("criterion wrote no {}", path.display()))?;
            let estimates: Estimates = serde_json::from_str(&text)?;
            all.push(HotPath {
                name,
                samples,
                nanoseconds: estimates.median.point_estimate / f64::from(samples),
                deviation: estimates.median_abs_dev.point_estimate / f64::from(samples),
            });
        }
    }
    Ok(all)
}
