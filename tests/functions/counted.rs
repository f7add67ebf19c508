//! What each metric of the catalogue has in the tests: its value and its dimensions.

use std::{collections::BTreeSet, ops::RangeInclusive};

use anyhow::{Context, Result, ensure};
use jiff::Timestamp;
use serde_json::Value;
use spotmanager_domain::metric::{self, Metric};
use spotmanager_testbed::expect;

use crate::metrics::sum;

/// When the round of the tests' events began.
const ROUND_BEGAN: &str = "2026-01-01T00:00:00Z";

/// Holds the line of a metric against its row and against the catalogue; the test began at `began`.
pub(crate) fn check(known: &Metric, line: &Value, began: Timestamp) -> Result<()> {
    let (values, dimensions) = row(known.name, began)?;
    let value = sum(line, known.name).context("no value")?;
    ensure!(values.contains(&value), "{value} is not in {values:?}");
    ensure!(known.dimensions.len() == dimensions.len(), "{dimensions:?}");
    for (name, value) in known.dimensions.iter().zip(dimensions) {
        expect(line, &format!("/{name}"), *value)?;
    }
    let directive = &line["_aws"]["CloudWatchMetrics"][0];
    expect(directive, "/Namespace", metric::NAMESPACE)?;
    // CloudWatch takes a metric without a unit for one; the catalogue says what its values are in.
    let definitions = directive["Metrics"].as_array().context("no Metrics")?;
    let definition = definitions
        .iter()
        .find(|metric| metric["Name"] == known.name);
    let unit = &definition.context("not among the Metrics")?["Unit"];
    ensure!(unit.is_null(), "its unit is {unit}");
    let named = directive["Dimensions"][0].as_array();
    let named: BTreeSet<_> = named.into_iter().flatten().map(Value::as_str).collect();
    let expected = known.dimensions.iter().map(|name| Some(*name)).collect();
    ensure!(named == expected, "its dimensions are {named:?}");
    Ok(())
}

type Row = (RangeInclusive<f64>, &'static [&'static str]);

/// The values that a metric may have, and those of its dimensions in the catalogue's order.
fn row(name: &str, began: Timestamp) -> Result<Row> {
    let round_began: Timestamp = ROUND_BEGAN.parse()?;
    let seconds = |at: Timestamp| at.duration_since(round_began).as_secs_f64();
    Ok(match name {
        metric::DECISIONS => (
            1.0..=1.0,
            &["workers", "asgGPUSpot", "spot", "SPOT_WITHIN_LIMIT"],
        ),
        metric::SPOT_PRICE => (
            0.2..=0.2,
            &["workers", "asgGPUSpot", "t.within-saving", "us-east-1a"],
        ),
        metric::SPOT_PRICE_LIMIT => (0.2975..=0.2975, &["workers", "asgGPUSpot"]),
        metric::SAVING => (0.25..=0.25, &["verify-saves", "asgGPUSpot"]),
        metric::FALLBACKS => (1.0..=1.0, &["scale-fallback", "asgGPUSpot"]),
        metric::SECONDS_TO_CAPACITY => (
            seconds(began)..=seconds(Timestamp::now()),
            &["verify-saves", "asgGPUSpot", "spot"],
        ),
        _ => anyhow::bail!("no test counts it: it should have a row here"),
    })
}
