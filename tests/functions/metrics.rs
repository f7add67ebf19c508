//! What the functions count: every metric of the catalogue, and a saving only when spot arrives.

use anyhow::{Context, Result, ensure};
use jiff::Timestamp;
use serde_json::{Value, json};
use spotmanager_domain::metric;
use spotmanager_fake_aws::Purchase;
use spotmanager_testbed::{Stage, Suite, as_json, expect, expect_output};

use crate::{
    counted,
    groups::{ask_for, bring, bring_one},
};

pub(crate) fn add(suite: &mut Suite) {
    suite.test(
        "metrics: each has its value, its unit and its dimensions",
        async |stage| {
            let began = Timestamp::now();
            let decided = decide_for_spot(stage).await?;
            let arrived = bring_spot(stage).await?;
            let stood_down = stand_spot_down(stage).await?;
            // A decision saves nothing yet, and spot that arrived is no fallback.
            expect_none(&decided, metric::SAVING)?;
            expect_none(&arrived, metric::FALLBACKS)?;
            let all = [decided, arrived, stood_down].concat();
            for known in metric::ALL {
                let line = with(&all, known.name)?;
                counted::check(known, line, began)
                    .with_context(|| format!("{} in {line}", known.name))?;
            }
            Ok(())
        },
    );
    suite.test(
        "metrics: on-demand that took over saves nothing, and goes by its pair's spot group",
        async |stage| {
            stage.groups("verify-saves-not", &[]).await?;
            bring_one(stage, "verify-saves-not-on-demand").await?;
            let invocation = stage
                .invoke("verify", "arrived-on-demand-after-spot", &[])
                .await?;
            let counted = metrics(&invocation.stdout)?;
            expect(&expect_output(invocation.outcome)?, "/status", "arrived")?;
            expect_none(&counted, "SavingPerHour")?;
            let seconds = with(&counted, "SecondsToCapacity")?;
            expect(seconds, "/SpotGroup", "asgGPUSpot")?;
            expect(seconds, "/Market", "on_demand")
        },
    );
    suite.test(
        "metrics: a return to spot saves once on-demand goes, and not before",
        async |stage| {
            stage.groups("verify-returns", &[]).await?;
            bring_one(stage, "verify-returns-spot").await?;
            let seen = stage.invoke("verify", "arrived-in-a-return", &[]).await?;
            expect_none(&metrics(&seen.stdout)?, "SavingPerHour")?;
            expect(&expect_output(seen.outcome)?, "/status", "arrived")?;

            let parameters = [("MaxSize", "2")];
            stage.groups("scale-returns", &parameters).await?;
            bring(stage, "scale-returns-on-demand", 2).await?;
            let down = stage.invoke("scale", "lower-and-saves", &[]).await?;
            let counted = metrics(&down.stdout)?;
            expect(&expect_output(down.outcome)?, "/outcome", "scaled_down")?;
            let saving = with(&counted, "SavingPerHour")?;
            ensure!(saving["SavingPerHour"] == json!([0.25, 0.25]), "{saving}");
            ensure!(sum(saving, "SavingPerHour") == Some(0.5), "{saving}");
            expect(saving, "/SpotGroup", "asgGPUSpot")
        },
    );
    suite.test(
        "metrics: spot that arrived while it was stood down saves, and is no fallback",
        async |stage| {
            stage.groups("scale-saves", &[]).await?;
            bring_one(stage, "scale-saves-spot").await?;
            let invocation = stage
                .invoke("scale", "stand-down-too-late-and-saves", &[])
                .await?;
            let counted = metrics(&invocation.stdout)?;
            let output = expect_output(invocation.outcome)?;
            expect(&output, "/outcome", "capacity_arrived")?;
            let saving = with(&counted, "SavingPerHour")?;
            ensure!(sum(saving, "SavingPerHour") == Some(0.25), "{saving}");
            expect(saving, "/SpotGroup", "asgGPUSpot")?;
            expect_none(&counted, "Fallbacks")
        },
    );
}

/// What *evaluate* counts of a decision for spot.
async fn decide_for_spot(stage: &Stage) -> Result<Vec<Value>> {
    stage.price("t.within-saving", "0.20")?;
    let market = stage.local.market();
    market.set_on_demand_price("t.within-saving", "0.50".parse()?);
    let case = "within-limit-of-known-saving";
    let invocation = stage.invoke("evaluate", case, &[]).await?;
    let evaluated = expect_output(invocation.outcome)?;
    expect(&evaluated, "/saving_usd_per_hour", "0.3")?;
    metrics(&invocation.stdout)
}

/// What *verify* counts of spot that arrived.
async fn bring_spot(stage: &Stage) -> Result<Vec<Value>> {
    stage.groups("verify-saves", &[]).await?;
    bring_one(stage, "verify-saves-spot").await?;
    let invocation = stage.invoke("verify", "arrived-and-saves", &[]).await?;
    expect(&expect_output(invocation.outcome)?, "/status", "arrived")?;
    metrics(&invocation.stdout)
}

/// What *scale* counts of spot that did not arrive.
async fn stand_spot_down(stage: &Stage) -> Result<Vec<Value>> {
    let parameters = [("InstanceType", "t.fallback")];
    stage.groups("scale-fallback", &parameters).await?;
    stage.no_capacity("t.fallback", Purchase::Spot);
    ask_for(stage, "scale-fallback-spot", 1).await?;
    let invocation = stage.invoke("scale", "stand-down-counted", &[]).await?;
    let output = expect_output(invocation.outcome)?;
    expect(&output, "/outcome", "stood_down")?;
    metrics(&invocation.stdout)
}

/// The lines that CloudWatch reads as metrics.
pub(crate) fn metrics(stdout: &str) -> Result<Vec<Value>> {
    let lines = stdout.lines().filter(|line| line.starts_with(r#"{"_aws""#));
    let metrics = lines.map(as_json).collect::<Result<Vec<_>>>()?;
    ensure!(!metrics.is_empty(), "no metrics in {stdout}");
    Ok(metrics)
}

/// The line with this metric.
pub(crate) fn with<'a>(metrics: &'a [Value], name: &str) -> Result<&'a Value> {
    metrics
        .iter()
        .find(|line| line.get(name).is_some())
        .with_context(|| format!("no {name} in {}", json!(metrics)))
}

fn expect_none(metrics: &[Value], name: &str) -> Result<()> {
    ensure!(with(metrics, name).is_err(), "{name} in {}", json!(metrics));
    Ok(())
}

/// The sum of a metric's values: a number, or a list of numbers.
/// See <https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html>.
pub(crate) fn sum(line: &Value, name: &str) -> Option<f64> {
    match &line[name] {
        Value::Array(values) => values.iter().map(Value::as_f64).sum(),
        value => value.as_f64(),
    }
}
