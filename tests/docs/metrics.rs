//! The metrics, from their catalogue: the tables in the pages, and what the dashboards show.

use std::collections::BTreeSet;

use anyhow::{Context, Result, ensure};
use spotmanager_domain::{
    metric::{self, Metric},
    verdict::ReasonCode,
};
use strum::VariantArray;

use crate::{
    read,
    table::{code, table},
};

/// The templates that have a dashboard.
const DASHBOARDS: [&str; 2] = ["infra/spotmanager.yaml", "infra/terraform/dashboard.tf"];

/// What each metric counts.
pub(crate) fn meanings() -> String {
    let rows = metric::ALL.iter().map(|metric| {
        let dimensions = metric.dimensions.iter().map(|name| code(name));
        [
            code(metric.name),
            metric.unit.to_owned(),
            dimensions.collect::<Vec<_>>().join(", "),
            metric.meaning.to_owned(),
        ]
    });
    table(["metric", "unit", "dimensions", "what it counts"], rows)
}

/// How many series a pair of groups has, with one instance type in three zones: of the two reasons
/// that come most, and of all that can come.
pub(crate) fn series() -> Result<String> {
    let most = ReasonCode::VARIANTS.iter().map(|reason| choices(*reason));
    let most = most.sum();
    let (mut rows, mut sums) = (Vec::new(), [0; 2]);
    for metric in metric::ALL {
        let counts = [of(metric, 2)?, of(metric, most)?];
        sums = [sums[0] + counts[0], sums[1] + counts[1]];
        let [usual, most] = counts.map(|count| count.to_string());
        rows.push([code(metric.name), usual, most]);
    }
    let [usual, most] = sums.map(|sum| format!("**{sum}**"));
    rows.push(["**all**".to_owned(), usual, most]);
    Ok(table(["metric", "series", "at most"], rows))
}

/// How many verdicts are counted that have the reason.
fn choices(reason: ReasonCode) -> usize {
    if !reason.is_counted() {
        return 0;
    }
    let in_return = reason.choice_in_return();
    let other = in_return.filter(|choice| !reason.choices().contains(choice));
    reason.choices().len() + usize::from(other.is_some())
}

fn of(metric: &Metric, verdicts: usize) -> Result<usize> {
    let values = metric.dimensions.iter().map(|name| match *name {
        metric::STACK | metric::SPOT_GROUP | metric::INSTANCE_TYPE => Ok(1),
        // A reason and its choice are counted together.
        metric::VERDICT => Ok(1),
        metric::REASON => Ok(verdicts),
        metric::MARKET => Ok(2),
        metric::AVAILABILITY_ZONE => Ok(3),
        other => Err(anyhow::anyhow!("how many values has {other}?")),
    });
    values.product()
}

/// Each dashboard shows every metric, by its dimensions, and no other.
pub(crate) fn hold_dashboards() -> Result<()> {
    let expected: BTreeSet<_> = metric::ALL.iter().map(searched).collect();
    for path in DASHBOARDS {
        let file = read(path)?;
        let searches = file.split("SEARCH('").skip(1);
        let own =
            searches.filter(|search| search.starts_with(&format!("{{{},", metric::NAMESPACE)));
        let shown = own.map(|search| {
            let end = search.find(" Stack=").context("a search is for no stack")?;
            Ok(search[..end].to_owned())
        });
        let shown = shown.collect::<Result<BTreeSet<_>>>()?;
        ensure!(
            shown == expected,
            "{path} shows {shown:#?}, not {expected:#?}"
        );
    }
    Ok(())
}

/// What a widget searches for to show the metric.
fn searched(metric: &Metric) -> String {
    let dimensions = metric.dimensions.join(",");
    format!(
        r#"{{{},{dimensions}}} MetricName=\"{}\""#,
        metric::NAMESPACE,
        metric.name
    )
}
