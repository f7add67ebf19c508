//! *start*, *discover* and *scale* for an instance that EC2 takes back, or may take back.

use anyhow::{Context, Result, ensure};
use aws_sdk_autoscaling::{Client, types::LifecycleState};
use serde_json::{Value, json};
use spotmanager_testbed::{Stage, Suite, expect, wait_for_size};

use crate::{
    changed::{output, output_with},
    groups::{PATIENCE, ask_for, asks_for, bring, bring_one},
    machine::{FOREVER, Machine},
};

pub(crate) fn add(suite: &mut Suite) {
    starts(suite);
    discoveries(suite);
    detachments(suite);
}

fn starts(suite: &mut Suite) {
    suite.test(
        "start: a rebalance recommendation starts one execution, named after its instance",
        async |stage| {
            let stack = "start-rebalance";
            stage.groups(stack, &[]).await?;
            bring_one(stage, "start-rebalance-spot").await?;
            let instance = instance_of(stage, "start-rebalance-spot").await?;
            let spot_manager = stage.spot_manager().await?;
            let variables = [
                (
                    "STATE_MACHINE_ARN",
                    spot_manager.stack.output("StateMachineArn")?,
                ),
                ("WORKERS_STACK_NAME", stack),
            ];
            let recommended = async |id: &str, time: &str| {
                let case = "rebalance-recommendation";
                let started = output_with(stage, "start", case, &variables, |event| {
                    event["id"] = json!(id);
                    event["time"] = json!(time);
                    event["detail"]["instance-id"] = json!(instance);
                });
                started.await
            };
            let first = recommended("first", "2026-01-01T00:00:00Z").await?;
            expect(&first, "/records/0/outcome", "started")?;
            let name = format!("start-rebalance-rebalance-{instance}");
            expect(&first, "/records/0/execution_name", name.as_str())?;
            let arn = first["records"][0]["execution_arn"].as_str();
            let input = spot_manager
                .executions
                .input(arn.unwrap_or_default())
                .await?;
            expect(&input, "/loss/kind", "rebalance_recommendation")?;
            // The same once more, and EC2 recommends it again.
            for (id, time) in [
                ("first", "2026-01-01T00:00:00Z"),
                ("second", "2026-01-01T00:05:00Z"),
            ] {
                let again = recommended(id, time).await?;
                expect(&again, "/records/0/execution_name", name.as_str())?;
            }
            let arns = spot_manager.executions.list().await?;
            let times = arns.iter().filter(|arn| arn.ends_with(&name)).count();
            ensure!(times == 1, "{name} is listed {times} times");
            Ok(())
        },
    );
}

fn discoveries(suite: &mut Suite) {
    suite.test(
        "discover: what EC2 takes back gives way to no execution, and a failed launch to all",
        async |stage| {
            let stack = "discover-leads";
            let instance = one_of_spot(stage, stack).await?;
            let machine = Machine::create(stage, stack, FOREVER).await?;
            machine
                .start("another", &json!({"stack_name": stack}))
                .await?;
            for (kind, leader) in [
                ("interruption_warning", None),
                ("rebalance_recommendation", None),
                ("launch_unsuccessful", Some("another")),
            ] {
                let found = discover(stage, "loss", &machine, |event| {
                    event["input"]["loss"]["kind"] = json!(kind);
                    event["input"]["loss"]["instance_id"] = json!(instance);
                });
                let found = found.await?;
                expect(&found, "/loss/kind", kind)?;
                let leads = found.pointer("/leader/execution_name");
                ensure!(leads.and_then(Value::as_str) == leader, "{kind}: {found:#}");
            }
            // An instance that has left the group is the group's to replace.
            let found = discover(stage, "loss", &machine, |_| ()).await?;
            expect(&found, "/loss/kind", "instance_gone")?;
            expect(&found, "/leader/execution_name", "another")
        },
    );
    suite.test(
        "discover: a late look finds a leader that has ended since",
        async |stage| {
            let stack = "discover-late";
            stage.groups(stack, &[]).await?;
            // Three seconds, in real time.
            let machine = Machine::create(stage, stack, 150).await?;
            let input = json!({"stack_name": stack});
            let leader = machine.start("leader", &input).await?;
            let began_at = machine.just_after(&leader).await?;
            machine.ended(&leader).await?;
            let late = |event: &mut Value| {
                event["execution"]["name"] = json!("late");
                event["execution"]["started_at"] = json!(began_at.to_string());
            };
            let found = discover(stage, "late", &machine, late).await?;
            expect(&found, "/leader/execution_name", "leader")?;
            // Without a queue no execution looks at the jobs of another alarm.
            let found = discover(stage, "late", &machine, |event| {
                late(event);
                event["input"]["settings"] = json!({});
            });
            let found = found.await?;
            ensure!(found.get("leader").is_none(), "{found:#}");
            // It began before the leader.
            let found = discover(stage, "late", &machine, |_| ()).await?;
            ensure!(found.get("leader").is_none(), "{found:#}");
            Ok(())
        },
    );
    suite.test(
        "discover: the execution of a rebalance recommendation is found by its name",
        async |stage| {
            let stack = "discover-recommended";
            let instance = one_of_spot(stage, stack).await?;
            let machine = Machine::create(stage, stack, 0).await?;
            let warned = async || {
                let found = discover(stage, "loss", &machine, |event| {
                    event["input"]["loss"]["instance_id"] = json!(instance);
                });
                found.await
            };
            let found = warned().await?;
            expect(&found, "/loss/kind", "interruption_warning")?;
            ensure!(found["loss"].get("recommended").is_none(), "{found:#}");
            // The instance counts as gone.
            expect(&found, "/spot_group/capacity/desired_capacity", 0)?;
            let name = format!("{stack}-rebalance-{instance}");
            machine.run(&name, &json!({})).await?;
            expect(&warned().await?, "/loss/recommended", name.as_str())?;
            let of_itself = discover(stage, "loss", &machine, |event| {
                event["input"]["loss"]["kind"] = json!("rebalance_recommendation");
                event["input"]["loss"]["instance_id"] = json!(instance);
            });
            let of_itself = of_itself.await?;
            ensure!(
                of_itself["loss"].get("recommended").is_none(),
                "{of_itself:#}"
            );
            Ok(())
        },
    );
    suite.test(
        "discover: what the deployment says is handed on, whatever the execution says",
        async |stage| {
            stage.groups("discover-deployed", &[]).await?;
            let found = stage.output("discover", "deployed").await?;
            expect(&found, "/settings/dry_run", true)?;
            let deployed = json!({"dry_run": false, "spot_group_logical_id": "asgGPUSpot"});
            expect(&found, "/deployed", deployed)
        },
    );
}

fn detachments(suite: &mut Suite) {
    suite.test(
        "scale: a detached instance that spot replaces leaves DesiredCapacity as it is",
        async |stage| {
            let group = "scale-detach-spot";
            let instance = one_of_spot(stage, "scale-detach").await?;
            let output = detach(stage, "detach", &instance).await?;
            expect(&output, "/outcome", "detached")?;
            let sentence =
                format!("Detached {instance} from {group}, which launches another one instead.");
            expect(&output, "/sentence", sentence)?;
            expect(&output, "/step/next", "WaitForCapacity")?;
            expect(&output, "/step/seconds", 15)?;
            let attempt = &output["step"]["progress"]["attempt"];
            expect(attempt, "/market", "spot")?;
            expect(attempt, "/target_capacity", 1)?;
            asks_for(stage, group, 1).await?;
            wait_for_size(&stage.config, group, 1, PATIENCE).await?;
            let another = instance_of(stage, group).await?;
            ensure!(another != instance, "{instance} serves in {group}");
            // Twice, it is replaced once.
            let again = detach(stage, "detach", &instance).await?;
            expect(&again, "/outcome", "already_detached")?;
            expect(&again, "/step", output["step"].clone())?;
            asks_for(stage, group, 1).await
        },
    );
    suite.test(
        "scale: a detached instance that spot does not replace lowers DesiredCapacity with it",
        async |stage| {
            let group = "scale-detach-down-spot";
            let instance = one_of_spot(stage, "scale-detach-down").await?;
            let output = detach(stage, "detach-for-on-demand", &instance).await?;
            expect(&output, "/outcome", "detached")?;
            let sentence = format!("Detached {instance} from {group}, which asks for one less.");
            expect(&output, "/sentence", sentence)?;
            expect(&output, "/step/next", "ScaleUp")?;
            expect(&output, "/step/action/market", "on_demand")?;
            asks_for(stage, group, 0).await?;
            // An earlier attempt took effect.
            let again = detach(stage, "detach-for-on-demand", &instance).await?;
            expect(&again, "/outcome", "detached")?;
            expect(&again, "/step", output["step"].clone())?;
            asks_for(stage, group, 0).await
        },
    );
    suite.test(
        "scale: an instance that its recommendation replaces is detached, and lowers DesiredCapacity",
        async |stage| {
            let group = "scale-detach-replaced-spot";
            let stack = "scale-detach-replaced";
            stage.groups(stack, &[("MaxSize", "2")]).await?;
            bring(stage, group, 2).await?;
            let instance = instance_of(stage, group).await?;
            let output = detach(stage, "detach-after-a-recommendation", &instance).await?;
            expect(&output, "/outcome", "detached")?;
            // Its execution may have given up just before.
            expect(&output, "/step/next", "WaitForCapacity")?;
            expect(&output, "/step/seconds", 0)?;
            expect(&output, "/step/progress/lost_has_left", true)?;
            asks_for(stage, group, 1).await
        },
    );
    suite.test(
        "scale: an instance that is not in the group needs no detaching",
        async |stage| {
            let stack = "scale-detach-stranger";
            stage.groups(stack, &[]).await?;
            let output = stage.output("scale", "detach-a-stranger").await?;
            expect(&output, "/outcome", "already_detached")?;
            expect(&output, "/step/next", "WaitForCapacity")?;
            // It asks for what it was discovered with, less the instance: done before.
            let case = "detach-a-stranger-for-on-demand";
            let output = stage.output("scale", case).await?;
            expect(&output, "/outcome", "detached")?;
            // It asks for the instance's replacement.
            ask_for(stage, "scale-detach-stranger-spot", 1).await?;
            let output = stage.output("scale", case).await?;
            expect(&output, "/outcome", "already_detached")
        },
    );
}

/// Two groups of which the spot one has this instance.
async fn one_of_spot(stage: &Stage, stack: &str) -> Result<String> {
    stage.groups(stack, &[]).await?;
    let group = format!("{stack}-spot");
    bring_one(stage, &group).await?;
    instance_of(stage, &group).await
}

/// An instance in service of the group.
async fn instance_of(stage: &Stage, group: &str) -> Result<String> {
    let described = Client::new(&stage.config)
        .describe_auto_scaling_groups()
        .auto_scaling_group_names(group)
        .send()
        .await?;
    let groups = described.auto_scaling_groups().iter();
    let mut instances = groups.flat_map(|group| group.instances());
    let serves = instances
        .find(|instance| instance.lifecycle_state() == Some(&LifecycleState::InService))
        .and_then(|instance| instance.instance_id());
    Ok(serves
        .with_context(|| format!("{group} has no instance"))?
        .to_owned())
}

/// *discover* for an execution of `machine`.
async fn discover(
    stage: &Stage,
    case: &str,
    machine: &Machine,
    change: impl FnOnce(&mut Value),
) -> Result<Value> {
    output(stage, "discover", case, |event| {
        event["execution"]["state_machine_arn"] = json!(machine.arn);
        let stack = json!(machine.name);
        let group = json!(format!("{}-spot", machine.name));
        event["input"]["stack_name"] = stack;
        if let Some(loss) = event["input"].get_mut("loss") {
            loss["auto_scaling_group_name"] = group;
        }
        change(event);
    })
    .await
}

async fn detach(stage: &Stage, case: &str, instance: &str) -> Result<Value> {
    output(stage, "scale", case, |event| {
        event["step"]["action"]["instance_id"] = json!(instance);
    })
    .await
}
