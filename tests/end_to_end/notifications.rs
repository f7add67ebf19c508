//! Every decision, fallback and failure is told, as the schemas say.

use anyhow::Result;
use serde_json::{Value, json};
use spotmanager_deployment::Inbox;
use spotmanager_local::Purchase;
use spotmanager_tests::{Stage, Suite, as_json, expect, expect_schema};

use crate::{inbox::inbox, workers::PATIENCE};

pub(crate) fn add(suite: &mut Suite) {
    suite.test(
        "told: a decision with what it saves, as the schema says",
        async |stage| {
            let instance_type = "t.told";
            stage.price(instance_type, "0.20")?;
            let market = stage.local.market();
            market.set_on_demand_price(instance_type, "0.50".parse()?);
            for purchase in [Purchase::Spot, Purchase::OnDemand] {
                stage.no_capacity(instance_type, purchase);
            }
            let parameters = [("InstanceType", instance_type)];
            stage.groups("told", &parameters).await?;
            let topic = inbox(stage, "NotificationsTopicArn").await?;
            let settings = json!({"on_demand_capacity_timeout_seconds": 60});
            let input = json!({"stack_name": "told", "settings": settings});
            let executions = &stage.spot_manager().await?.executions;
            let arn = executions.run(&input, PATIENCE).await?.arn;

            let decision = told(stage, &topic, &arn, "decision").await?;
            expect(&decision, "/choice", "spot")?;
            expect(&decision, "/reason", "SPOT_WITHIN_LIMIT")?;
            expect(&decision, "/cheapest/average_usd", "0.2")?;
            expect(&decision, "/saving_usd_per_hour", "0.3")?;
            Ok(())
        },
    );
    for (kind, pointer, expected) in [
        ("fallback", "/to_group", "told-fallback-on-demand"),
        ("failure", "/failure/error", "SpotManager.NoCapacity"),
    ] {
        suite.test(
            &format!("told: a {kind}, as the schema says"),
            async move |stage| {
                let stack = format!("told-{kind}");
                let instance_type = format!("t.{stack}");
                stage.price(&instance_type, "0.20")?;
                for purchase in [Purchase::Spot, Purchase::OnDemand] {
                    stage.no_capacity(&instance_type, purchase);
                }
                let parameters = [("InstanceType", instance_type.as_str())];
                stage.groups(&stack, &parameters).await?;
                let topic = inbox(stage, "NotificationsTopicArn").await?;
                let settings = json!({"on_demand_capacity_timeout_seconds": 60});
                let input = json!({"stack_name": stack, "settings": settings});
                let executions = &stage.spot_manager().await?.executions;
                let arn = executions.run(&input, PATIENCE).await?.arn;
                let told = told(stage, &topic, &arn, kind).await?;
                expect(&told, pointer, expected)
            },
        );
    }
}

/// Waits for the event of this kind, and holds its detail against the schema.
async fn told(stage: &Stage, topic: &Inbox, execution_arn: &str, kind: &str) -> Result<Value> {
    let schema = as_json(&stage.checkout.read(&format!("schemas/{kind}.json"))?)?;
    let detail_type = schema["title"].clone();
    let mut event = topic
        .next(PATIENCE, |event| {
            event["detail"]["execution_arn"] == execution_arn && event["detail-type"] == detail_type
        })
        .await?;
    let detail = event["detail"].take();
    expect_schema(&schema, &detail)?;
    Ok(detail)
}
