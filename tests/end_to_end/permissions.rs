//! The actions that each function's role grants, against the calls that each function made.

use std::collections::BTreeSet;

use anyhow::{Context, Result, ensure};
use aws_sdk_autoscaling::Client;
use serde_json::{Value, json};
use spotmanager_fake_aws::Purchase;
use spotmanager_testbed::{FUNCTIONS, Stage, Suite};

use crate::{
    shell::paste,
    template::{actions, granted_to, template},
    workers::{Farm, PATIENCE, REPLACES},
};

/// What Lambda does in a function's name, not the function itself.
const LAMBDAS_OWN: [&str; 3] = [
    "logs:CreateLogStream",
    "logs:PutLogEvents",
    "sqs:SendMessage",
];

/// What *scale* calls only with `LaunchBy` `launch-instances`, which other tests deploy with its rights.
const OF_LAUNCHES: &[&str] = &["autoscaling:LaunchInstances", "ec2:DescribeInstances"];

pub(crate) fn add(suite: &mut Suite) {
    suite.test(
        "permissions: what is granted is what is called",
        async |stage| {
            let farm = Farm::deploy_with(
                stage,
                "permissions",
                "2",
                &[
                    ("QueueLogicalId", "queueJobs"),
                    ("MinimumPlacementScore", "1"),
                    ("StackNameFrom", "alarm-tags"),
                    // Spot is chosen again each time.
                    ("LaunchFailureWindowSeconds", "0"),
                    REPLACES,
                ],
            )
            .await?;
            farm.price("0.20")?;
            farm.no_capacity(Purchase::Spot);
            let history = farm.job().await?;
            ensure!(history.states().contains(&"StandDownSpot"), "{history:#?}");
            let executions = &farm.spot_manager.executions;
            let settings = json!({"launch_failure_window_seconds": 900});
            let input = json!({"stack_name": farm.workers.stack.name, "settings": settings});
            launch_template(stage, &farm)?;
            let settings = json!({"dry_run": true});
            let dry = json!({"stack_name": farm.workers.stack.name, "settings": settings});
            executions.run(&dry, PATIENCE).await?;
            launch_configuration(stage, &farm).await?;
            executions.run(&input, PATIENCE).await?;
            every_loss(&farm).await?;
            two_at_once(&farm).await?;

            let template = template(stage)?;
            let faults = stage.checkout.read("docs/faults.md")?;
            for function in FUNCTIONS {
                let granted = granted(template, function)?;
                let mut called = called(stage, function);
                called.retain(|call| !OF_LAUNCHES.contains(&call.as_str()));
                for call in &called {
                    let action = call.rsplit(':').next().unwrap_or_default();
                    let row = format!("| {function} | {action} |");
                    ensure!(
                        faults.contains(&row),
                        "docs/faults.md lacks {call} of {function}"
                    );
                }
                ensure!(
                    granted == called,
                    "{function}: granted and not called {:?}, called and not granted {:?}",
                    granted.difference(&called).collect::<Vec<_>>(),
                    called.difference(&granted).collect::<Vec<_>>()
                );
            }
            Ok(())
        },
    );
}

/// EC2 recommends to replace an instance, which spot does not, and takes it back, which *start*,
/// *scale* and *verify* then look after.
async fn every_loss(farm: &Farm<'_>) -> Result<()> {
    farm.capacity_again(Purchase::Spot);
    let executions = &farm.spot_manager.executions;
    let input = json!({"stack_name": farm.workers.stack.name});
    executions.run(&input, PATIENCE).await?;
    let (local, spot_group) = (&farm.stage.local, &farm.workers.spot_group);
    farm.no_capacity(Purchase::Spot);
    local.recommend_rebalance(spot_group).await?;
    let recommended = farm.answer_to("/loss/instance_id", &[]).await?;
    farm.capacity_again(Purchase::Spot);
    local.interrupt(spot_group).await?;
    let known = [recommended.arn];
    farm.answer_to("/loss/instance_id", &known).await?;
    Ok(())
}

/// Of two executions *discover* finds the one that leads.
async fn two_at_once(farm: &Farm<'_>) -> Result<()> {
    let executions = &farm.spot_manager.executions;
    let input = json!({"stack_name": farm.workers.stack.name});
    let first = executions.start(&input).await?;
    executions.run(&input, PATIENCE).await?;
    executions.ended(&first, PATIENCE).await?;
    Ok(())
}

/// Lets the on-demand group launch with a template alone, which *discover* then reads: the types of a
/// mixed instances policy are in its overrides.
fn launch_template(stage: &Stage, farm: &Farm<'_>) -> Result<()> {
    let group = &farm.workers.on_demand_group;
    let data = json!({"InstanceType": "t.permissions", "ImageId": "ami-00000000000000001"});
    let update = format!(
        "id=$(aws ec2 create-launch-template --launch-template-name permissions --launch-template-data '{data}' --query LaunchTemplate.LaunchTemplateId --output text)\n\
         aws autoscaling update-auto-scaling-group --auto-scaling-group-name {group} --launch-template \"LaunchTemplateId=$id,Version=1\""
    );
    paste(stage, &update)?.expect_code(0)?;
    Ok(())
}

/// Lets the on-demand group launch with a launch configuration, which *discover* then reads.
async fn launch_configuration(stage: &Stage, farm: &Farm<'_>) -> Result<()> {
    let client = Client::new(&stage.config);
    client
        .create_launch_configuration()
        .launch_configuration_name("permissions")
        .image_id("ami-00000000000000001")
        .instance_type("t.permissions")
        .send()
        .await?;
    client
        .update_auto_scaling_group()
        .auto_scaling_group_name(&farm.workers.on_demand_group)
        .launch_configuration_name("permissions")
        .send()
        .await?;
    Ok(())
}

fn granted(template: &Value, function: &str) -> Result<BTreeSet<String>> {
    let role = &template["Resources"][format!("{function}Role")]["Properties"];
    let mut granted = BTreeSet::new();
    for (condition, statement) in granted_to(role).context(function.to_owned())? {
        // The deployment has no key of its own, with which AWS's services call KMS.
        if condition != Some("HasKmsKey") {
            granted.extend(actions(statement)?.into_iter().map(str::to_owned));
        }
    }
    granted.retain(|action| !LAMBDAS_OWN.contains(&action.as_str()));
    Ok(granted)
}

fn called(stage: &Stage, function: &str) -> BTreeSet<String> {
    let program = format!("spotmanager-{function}");
    stage
        .local
        .calls()
        .into_iter()
        .filter(|call| call.program.as_deref() == Some(program.as_str()))
        // CloudWatch's requests are signed for another name than policies have.
        .map(|call| {
            let service = call.service.replace("monitoring", "cloudwatch");
            format!("{service}:{}", call.action)
        })
        .collect()
}
