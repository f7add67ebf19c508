//! What an alarm looks at: a metric of a queue, or metric math over several.
//! See <https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/using-metric-math.html>.

use serde::Deserialize;

/// A metric of a queue.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct Metric {
    #[serde(default)]
    namespace: String,
    #[serde(default)]
    pub(crate) metric_name: String,
    #[serde(default)]
    dimensions: Vec<Dimension>,
}

#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Dimension {
    name: String,
    value: String,
}

/// A metric under an id, or the expression that the alarm watches.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct Query {
    id: String,
    expression: Option<String>,
    metric_stat: Option<MetricStat>,
    #[serde(default)]
    return_data: bool,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct MetricStat {
    metric: Metric,
    period: f64,
}

impl Metric {
    /// The queue, if it is a metric of one.
    pub(crate) fn queue(&self) -> Option<&str> {
        let is_queue = self.namespace == "AWS/SQS";
        self.dimensions
            .iter()
            .find(|dimension| is_queue && dimension.name == "QueueName")
            .map(|dimension| dimension.value.as_str())
    }
}

/// The metrics whose sum the queries return, and their period in seconds. An expression is a sum of
/// ids, each alone or in a `FILL` with 0, which is what a queue without such messages has here.
pub(crate) fn summed(queries: &[Query]) -> Option<(Vec<Metric>, f64)> {
    let returned = queries.iter().find(|query| query.return_data)?;
    let ids: Vec<_> = match &returned.expression {
        Some(expression) => expression.split('+').map(id).collect(),
        None => vec![returned.id.as_str()],
    };
    let stats = ids.into_iter().map(|id| {
        let query = queries.iter().find(|query| query.id == id)?;
        query.metric_stat.as_ref()
    });
    let stats = stats.collect::<Option<Vec<_>>>()?;
    let period = stats.first()?.period;
    Some((
        stats.into_iter().map(|stat| stat.metric.clone()).collect(),
        period,
    ))
}

fn id(term: &str) -> &str {
    let term = term.trim();
    let filled = term
        .strip_prefix("FILL(")
        .and_then(|rest| rest.strip_suffix(')'));
    filled
        .and_then(|rest| rest.strip_suffix("0")?.trim_end().strip_suffix(','))
        .map_or(term, str::trim)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn queries(expression: &str) -> Vec<Query> {
        let metric = |id: &str, name: &str| {
            json!({"Id": id, "ReturnData": false, "MetricStat": {"Period": 60, "Stat": "Maximum",
                "Metric": {"Namespace": "AWS/SQS", "MetricName": name,
                    "Dimensions": [{"Name": "QueueName", "Value": "queue"}]}}})
        };
        let math = json!({"Id": "jobs", "Expression": expression, "ReturnData": true});
        serde_json::from_value(json!([math, metric("a", "Visible"), metric("b", "Held")])).unwrap()
    }

    #[test]
    fn a_sum_names_its_metrics() {
        let (metrics, period) = summed(&queries("a + FILL(b, 0)")).unwrap();
        let names: Vec<_> = metrics.iter().map(|metric| &metric.metric_name).collect();
        assert_eq!(names, ["Visible", "Held"]);
        assert!(metrics.iter().all(|metric| metric.queue() == Some("queue")));
        assert!((period - 60.0).abs() < f64::EPSILON);
    }

    #[test]
    fn what_is_no_sum_of_metrics_is_not_evaluated() {
        for expression in ["a * 2", "a + c", "FILL(a, 1)", "MAX(METRICS())"] {
            assert!(summed(&queries(expression)).is_none(), "{expression}");
        }
    }
}
