//! The roles' policies are enforced: what a role does not allow does not happen.

use anyhow::{Result, ensure};
use serde_json::{Value, json};
use spotmanager_aws::execution_history::{ExecutionHistory, StepFailure};
use spotmanager_domain::ErrorName;
use spotmanager_testbed::{GroupSize, SpotManager, Stage, Suite, group_size};

use crate::{
    template::{statement, template},
    workers::{PATIENCE, expect_last},
};

const DENIED: &str = ErrorName::AccessDenied.as_str();
const EXECUTE_POLICY: &str = "autoscaling:ExecutePolicy";
const INVOKE: &str = "lambda:InvokeFunction";
const PUT_EVENTS: &str = "events:PutEvents";

pub(crate) fn add(suite: &mut Suite) {
    suite.test(
        "enforcement: without its action scale scales neither group",
        async |stage| {
            expect_no_scaling(stage, "enforced-action", |statement| {
                if let Some(actions) = statement["Action"].as_array_mut() {
                    actions.retain(|action| action != EXECUTE_POLICY);
                }
            })
            .await
        },
    );
    suite.test(
        "enforcement: scale scales no group of a stack that its role does not name",
        async |stage| {
            expect_no_scaling(stage, "enforced-tag", |statement| {
                let tag = "autoscaling:ResourceTag/aws:cloudformation:stack-name";
                statement["Condition"] = json!({"StringLike": {tag: "another-stack"}});
            })
            .await
        },
    );
    suite.test(
        "enforcement: discover looks into no stack that its role does not name",
        async |stage| {
            let name = "enforced-stack";
            groups(stage, name).await?;
            let spot_manager = stage.deploy("enforced-sm", "enforced-other", &[]).await?;
            let history = run(&spot_manager, name, DENIED).await?;
            expect_refusals(&history, 1, "Discover", "cloudformation:ListStackResources")?;
            expect_empty(stage, name).await
        },
    );
    suite.test(
        "enforcement: the state machine invokes no function that its role does not name",
        async |stage| {
            let name = "enforced-machine";
            groups(stage, name).await?;
            let spot_manager = narrowed(stage, name, "stateMachineRole", INVOKE, |statement| {
                statement["Resource"] = json!("arn:aws:lambda:us-east-1:000000000000:function:no");
            })
            .await?;
            // Step Functions names it so:
            // https://github.com/awslabs/aws-deployment-framework/issues/460
            let history = run(&spot_manager, name, "Lambda.AWSLambdaException").await?;
            let cause = history.cause.as_deref().unwrap_or_default();
            ensure!(cause.contains(INVOKE), "{history:#?}");
            expect_empty(stage, name).await
        },
    );
    suite.test(
        "enforcement: evaluate sends events as nobody else, and the state machine then reports",
        async |stage| {
            let name = "enforced-source";
            groups(stage, name).await?;
            let spot_manager = narrowed(stage, name, "evaluateRole", PUT_EVENTS, |statement| {
                let condition = json!({"events:source": ["another-source"]});
                statement["Condition"] = json!({"ForAllValues:StringEquals": condition});
            })
            .await?;
            let input = json!({"stack_name": name});
            let history = spot_manager.executions.run(&input, PATIENCE).await?;
            expect_last(&history, "CapacityArrived")?;
            let states = history.states();
            let decision = ["Discover", "Evaluate", "NextStep", "Report", "NextStep"];
            let is_reported = states.iter().filter(|state| **state == "Report").count() == 1;
            ensure!(states.starts_with(&decision) && is_reported, "{states:?}");
            Ok(())
        },
    );
}

/// Narrows the statement that lets *scale* execute policies, and expects that spot is refused, that
/// on-demand is tried in its place and refused, and that both groups stay empty.
async fn expect_no_scaling(stage: &Stage, name: &str, narrow: fn(&mut Value)) -> Result<()> {
    groups(stage, name).await?;
    let spot_manager = narrowed(stage, name, "scaleRole", EXECUTE_POLICY, narrow).await?;
    let history = run(&spot_manager, name, DENIED).await?;
    expect_refusals(&history, 2, "ScaleUp", EXECUTE_POLICY)?;
    expect_empty(stage, name).await
}

/// A stack with two groups and an instance type of its own, whose spot is cheap.
async fn groups(stage: &Stage, name: &str) -> Result<()> {
    let instance_type = format!("t.{name}");
    stage.price(&instance_type, "0.20")?;
    let parameters = [("InstanceType", instance_type.as_str())];
    stage.groups(name, &parameters).await?;
    Ok(())
}

/// A SpotManager for the stack `workers`, with the statement narrowed in which a role allows an
/// action.
async fn narrowed(
    stage: &Stage,
    workers: &str,
    role: &str,
    action: &str,
    narrow: fn(&mut Value),
) -> Result<SpotManager> {
    stage.upload().await?;
    let mut template = template(stage)?.clone();
    narrow(statement(&mut template, role, action)?);
    SpotManager::deploy_template(
        &stage.config,
        &template.to_string(),
        &format!("{workers}-sm"),
        workers,
        &[("ReturnToSpot", "off")],
    )
    .await
}

/// Runs an execution that should fail with this error.
async fn run(
    spot_manager: &SpotManager,
    stack_name: &str,
    error: &str,
) -> Result<ExecutionHistory> {
    let input = json!({"stack_name": stack_name});
    let history = spot_manager.executions.run(&input, PATIENCE).await?;
    ensure!(history.error.as_deref() == Some(error), "{history:#?}");
    Ok(history)
}

/// Checks how often a state was refused an action.
fn expect_refusals(
    history: &ExecutionHistory,
    times: usize,
    state: &str,
    action: &str,
) -> Result<()> {
    let is_refusal =
        |failure: &&StepFailure| failure.error == DENIED && failure.cause.contains(action);
    let visits = history.steps.iter().filter(|step| step.state == state);
    let failures = visits.flat_map(|step| &step.failures);
    let refused = failures.filter(is_refusal).count();
    ensure!(refused == times, "{refused} refusals in {history:#?}");
    Ok(())
}

async fn expect_empty(stage: &Stage, stack_name: &str) -> Result<()> {
    for market in ["spot", "on-demand"] {
        let group = format!("{stack_name}-{market}");
        let size = group_size(&stage.config, &group).await?;
        ensure!(size == GroupSize::settled(0), "{group} is {size:?}");
    }
    Ok(())
}
