//! The actions that each function's role grants, against the calls that each function made.

use std::collections::BTreeSet;

use anyhow::{Context, Result, ensure};
use aws_sdk_autoscaling::Client;
use serde_json::{Value, json};
use spotmanager_fake_aws::Purchase;
use spotmanager_testbed::{FUNCTIONS, Stage, Suite};

use crate::{
    template::{actions, granted_to, template},
    workers::{Farm, PATIENCE, REPLACES},
};

/// What Lambda does in a function's name, not the function itself.
const LAMBDAS_OWN: [&str; 3] = [
    "logs:CreateLogStream",
    "logs:PutLogEvents",
    "sqs:SendMessage",
];

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
                    REPLACES,
                ],
            )
            .await?;
            farm.price("0.20")?;
            farm.no_capacity(Purchase::Spot);
            let history = farm.job().await?;
            ensure!(history.states().contains(&"StandDownSpot"), "{history:#?}");
            launch_configuration(stage, &farm).await?;
            let input = json!({"stack_name": farm.workers.stack.name});
            let executions = &farm.spot_manager.executions;
            executions.run(&input, PATIENCE).await?;
            every_loss(&farm).await?;
            two_at_once(&farm).await?;

            let template = template(stage)?;
            let faults = stage.checkout.read("docs/faults.md")?;
            for function in FUNCTIONS {
                let (granted, called) = (granted(template, function)?, called(stage, function));
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

/// An instance is lost, which *start* and *scale* then look after.
async fn every_loss(farm: &Farm<'_>) -> Result<()> {
    farm.capacity_again(Purchase::Spot);
    let settings = json!({"launch_failure_window_seconds": 0});
    let input = json!({"stack_name": farm.workers.stack.name, "settings": settings});
    farm.spot_manager.executions.run(&input, PATIENCE).await?;
    let spot_group = &farm.workers.spot_group;
    farm.stage.local.interrupt(spot_group).await?;
    farm.answer_to("/loss/instance_id", &[]).await?;
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
