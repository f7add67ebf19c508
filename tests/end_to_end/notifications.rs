//! Every decision, outcome, fallback and failure is reported, as the schemas say.

use anyhow::{Context, Result, ensure};
use serde_json::{Value, json};
use spotmanager_fake_aws::{Fault, Purchase};
use spotmanager_testbed::{Inbox, Stage, Suite, as_json, expect, expect_schema};

use crate::{by_hand::groups, inbox::inbox, workers::PATIENCE};

const PUT: &str = "PutEvents";

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
            // Neither market has capacity: nobody serves, and nothing is saved.
            let outcome = told(stage, &topic, &arn, "outcome").await?;
            expect(&outcome, "/result", "failed")?;
            expect(&outcome, "/served_by", "nobody")?;
            expect(&outcome, "/failure/error", "SpotManager.NoCapacity")?;
            ensure!(outcome["saving_usd_per_hour"].is_null(), "{outcome}");
            Ok(())
        },
    );
    suite.test(
        "told: an outcome saves if spot arrived, and not if on-demand took over",
        async |stage| {
            for (stack, has_spot, served_by) in [
                ("told-spot", true, "spot"),
                ("told-took-over", false, "on_demand"),
            ] {
                let instance_type = format!("t.{stack}");
                stage.price(&instance_type, "0.20")?;
                let market = stage.local.market();
                market.set_on_demand_price(&instance_type, "0.50".parse()?);
                if !has_spot {
                    stage.no_capacity(&instance_type, Purchase::Spot);
                }
                stage
                    .groups(stack, &[("InstanceType", &instance_type)])
                    .await?;
                let topic = inbox(stage, "NotificationsTopicArn").await?;
                let executions = &stage.spot_manager().await?.executions;
                let input = json!({"stack_name": stack});
                let history = executions.run(&input, PATIENCE).await?;
                let outcome = told(stage, &topic, &history.arn, "outcome").await?;
                expect(&outcome, "/result", "capacity_arrived")?;
                expect(&outcome, "/served_by", served_by)?;
                expect(&outcome, "/reason", "SPOT_WITHIN_LIMIT")?;
                if has_spot {
                    expect(&outcome, "/saving_usd_per_hour", "0.3")?;
                    // As docs/cost.md counts them.
                    let states = history.states();
                    let looks = states.iter().filter(|state| **state == "VerifyCapacity");
                    let look = ["WaitForCapacity", "VerifyCapacity", "NextStep"];
                    let expected = [
                        &["Discover", "Evaluate", "NextStep", "ScaleUp"][..],
                        &look.repeat(looks.count()),
                        &["CapacityArrived"],
                    ]
                    .concat();
                    ensure!(states == expected, "{states:?}");
                } else {
                    expect(&outcome, "/failure/error", "SpotManager.NoCapacity")?;
                    ensure!(outcome["saving_usd_per_hour"].is_null(), "{outcome}");
                }
            }
            Ok(())
        },
    );
    suite.test(
        "told: each event is sent once, by a function or by the state machine",
        async |stage| {
            for (stack, is_heard) in [("told-heard", true), ("told-unheard", false)] {
                groups(stage, stack, "1").await?;
                let manager = stage.deploy(&format!("{stack}-sm"), stack, &[]).await?;
                if !is_heard {
                    for function in ["evaluate", "verify"] {
                        let name = format!("{stack}-sm-{function}");
                        let fault = Fault::Unavailable;
                        stage.local.fail_function(&name, PUT, fault, usize::MAX);
                    }
                }
                let topic = manager.stack.output("NotificationsTopicArn")?;
                let topic = Inbox::subscribe(&stage.config, topic).await?;
                let input = json!({"stack_name": stack});
                let history = manager.executions.run(&input, PATIENCE).await?;
                let mut reported = Vec::new();
                for (kind, function, state) in [
                    ("decision", "evaluate", "Evaluate"),
                    ("outcome", "verify", "VerifyCapacity"),
                ] {
                    let detail = told(stage, &topic, &history.arn, kind).await?;
                    expect(&detail, "/stack_name", stack)?;
                    let name = format!("{stack}-sm-{function}");
                    let calls = stage.local.calls().into_iter();
                    let calls = calls.filter(|call| call.action == PUT);
                    let theirs = calls.filter(|call| call.function.as_ref() == Some(&name));
                    ensure!(theirs.count() == 1, "{name} does not call once");
                    let output = history.output_of(state).context("no output")?;
                    let events = output["reported"].as_array().into_iter().flatten();
                    reported.extend(events.map(|event| event["DetailType"].clone()));
                }
                let expected = ["SpotManager Decision", "SpotManager Outcome"];
                let (by_functions, by_machine) = if is_heard { (2, 0) } else { (0, 2) };
                ensure!(reported == expected[..by_functions], "{reported:?}");
                let states = history.states();
                let reports = states.iter().filter(|state| **state == "Report");
                ensure!(reports.count() == by_machine, "{states:?}");
            }
            Ok(())
        },
    );
    suite.test(
        "told: a round with nothing to do has an outcome too",
        async |stage| {
            stage.groups("told-nothing", &[("MaxSize", "0")]).await?;
            let topic = inbox(stage, "NotificationsTopicArn").await?;
            let executions = &stage.spot_manager().await?.executions;
            let input = json!({"stack_name": "told-nothing"});
            let arn = executions.run(&input, PATIENCE).await?.arn;
            let outcome = told(stage, &topic, &arn, "outcome").await?;
            expect(&outcome, "/result", "nothing_to_do")?;
            expect(&outcome, "/served_by", "nobody")?;
            expect(&outcome, "/reason", "BOTH_GROUPS_FULL")
        },
    );
    suite.test(
        "told: why spot brought no instance, also if it cannot be stood down",
        async |stage| {
            let stack = "told-stuck";
            let instance_type = "t.told-stuck";
            stage.price(instance_type, "0.20")?;
            stage.no_capacity(instance_type, Purchase::Spot);
            stage
                .groups(stack, &[("InstanceType", instance_type)])
                .await?;
            let local = &stage.local;
            let group = "told-stuck-spot";
            local.fail("SetDesiredCapacity", group, Fault::AccessDenied, usize::MAX);
            let topic = inbox(stage, "NotificationsTopicArn").await?;
            let executions = &stage.spot_manager().await?.executions;
            let input = json!({"stack_name": stack});
            let arn = executions.run(&input, PATIENCE).await?.arn;
            let fallback = told(stage, &topic, &arn, "fallback").await?;
            expect(&fallback, "/stood_down", false)?;
            expect(&fallback, "/failure/error", "SpotManager.NoCapacity")?;
            let outcome = told(stage, &topic, &arn, "outcome").await?;
            expect(&outcome, "/served_by", "on_demand")?;
            expect(&outcome, "/failure/error", "SpotManager.NoCapacity")
        },
    );
    suite.test(
        "told: a return to spot that fails before it has looked claims nothing",
        async |stage| {
            let topic = inbox(stage, "NotificationsTopicArn").await?;
            let executions = &stage.spot_manager().await?.executions;
            let input = json!({"stack_name": "told-nowhere", "purpose": "return_to_spot"});
            let arn = executions.run(&input, PATIENCE).await?.arn;
            let outcome = told(stage, &topic, &arn, "outcome").await?;
            expect(&outcome, "/result", "failed")?;
            ensure!(outcome["served_by"].is_null(), "{outcome}");
            expect(&outcome, "/sentence", "Nothing was decided.")
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
