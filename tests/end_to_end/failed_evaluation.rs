//! A failed evaluation, through the machine: each of its outcomes.

use anyhow::{Context, Result, ensure};
use serde_json::{Value, json};
use spotmanager_aws::execution_history::ExecutionHistory;
use spotmanager_fake_aws::Purchase;
use spotmanager_testbed::{
    GroupSize, SpotManager, Stage, Suite, as_json, expect, group_size, wait_for_size,
};
use tokio::sync::OnceCell;

use crate::{
    by_hand::groups,
    command::run as run_command,
    own_pair::own_pair,
    template::{statement, template},
    workers::{PATIENCE, expect_decision, expect_last},
};

/// What Step Functions calls it if it may not invoke the function, which reads no price then.
const REFUSED: &str = "Lambda.AWSLambdaException";

pub(crate) fn add(suite: &mut Suite) {
    suite.test(
        "failed evaluation: a return to spot stays on on-demand",
        async |stage| {
            let name = "unevaluated-return";
            own_pair(stage, name, &[]).await?;
            ask(stage, &format!("{name}-on-demand"), 1).await?;
            wait_for_size(&stage.config, &format!("{name}-on-demand"), 1, PATIENCE).await?;
            let input = json!({"stack_name": name, "purpose": "return_to_spot"});
            let history = run(stage, input).await?;
            expect_outcome(&history, "nothing", "does not take over", "NothingToDo")?;
            expect_sizes(stage, name, 0, 1).await
        },
    );
    suite.test(
        "failed evaluation: what another execution leads does nothing",
        async |stage| {
            let name = "unevaluated-led";
            groups(stage, name, "2").await?;
            let instance_type = format!("t.{name}");
            stage.no_capacity(&instance_type, Purchase::OnDemand);
            let settings =
                json!({"queue_logical_id": "queue", "on_demand_capacity_timeout_seconds": 3600});
            let input = json!({"stack_name": name, "settings": settings});
            let executions = &spot_manager(stage).await?.executions;
            let first = executions.start(&input).await?;
            executions
                .reaches(&first, "WaitForCapacity", PATIENCE)
                .await?;
            let led = run(stage, input).await?;
            expect_outcome(&led, "nothing", "leads this pair of groups", "NothingToDo")?;
            stage.capacity_again(&instance_type, Purchase::OnDemand);
            let first = executions.ended(&first, PATIENCE).await?;
            // Its second round, in which the queue is empty.
            expect_last(&first, "NothingToDo")?;
            expect_sizes(stage, name, 0, 1).await
        },
    );
    suite.test(
        "failed evaluation: a rebalance recommendation changes nothing",
        async |stage| {
            let name = "unevaluated-rebalance";
            groups(stage, name, "1").await?;
            let input = lost(name, "rebalance_recommendation", None);
            let history = run(stage, input).await?;
            expect_outcome(&history, "nothing", "not taken", "NothingToDo")?;
            expect_sizes(stage, name, 0, 0).await
        },
    );
    suite.test(
        "failed evaluation: a group that has all its instances again stays",
        async |stage| {
            let name = "unevaluated-served";
            groups(stage, name, "1").await?;
            let spot = format!("{name}-spot");
            ask(stage, &spot, 1).await?;
            wait_for_size(&stage.config, &spot, 1, PATIENCE).await?;
            let history = run(stage, lost(name, "launch_unsuccessful", None)).await?;
            expect_outcome(&history, "nothing", "has all 1 in service", "NothingToDo")?;
            expect_sizes(stage, name, 1, 0).await
        },
    );
    suite.test(
        "failed evaluation: a group that cannot launch gives way to on-demand",
        async |stage| {
            expect_fallback(stage, "unevaluated-launch", "launch_unsuccessful", None).await
        },
    );
    suite.test(
        "failed evaluation: so does one whose instance is gone",
        async |stage| {
            let instance = Some("i-00000000000000001");
            expect_fallback(stage, "unevaluated-gone", "interruption_warning", instance).await
        },
    );
    suite.test(
        "failed evaluation: in a further round without jobs nothing is added",
        async |stage| {
            let name = "unevaluated-round";
            groups(stage, name, "1").await?;
            let round = json!({"number": 2, "first_began_at": jiff::Timestamp::now()});
            let settings = json!({"queue_logical_id": "queue"});
            let input = json!({"stack_name": name, "settings": settings, "round": round});
            let history = run(stage, input).await?;
            expect_outcome(&history, "nothing", "No job waits", "NothingToDo")?;
            expect_sizes(stage, name, 0, 0).await
        },
    );
    suite.test("failed evaluation: full groups stay", async |stage| {
        let name = "unevaluated-full";
        groups(stage, name, "0").await?;
        let history = run(stage, json!({"stack_name": name})).await?;
        expect_outcome(&history, "nothing", "neither group can grow", "NothingToDo")
    });
    suite.test(
        "failed evaluation: spot comes if on-demand is full",
        async |stage| {
            let name = "unevaluated-spot";
            groups(stage, name, "1").await?;
            ask(stage, &format!("{name}-on-demand"), 1).await?;
            let history = run(stage, json!({"stack_name": name})).await?;
            expect_outcome(&history, "spot", "MaxSize of 1", "CapacityArrived")?;
            expect_sizes(stage, name, 1, 1).await
        },
    );
    suite.test(
        "failed evaluation: on-demand comes if it has room",
        async |stage| {
            let name = "unevaluated-on-demand";
            groups(stage, name, "1").await?;
            let history = run(stage, json!({"stack_name": name})).await?;
            let scales_up = "In doubt unevaluated-on-demand-on-demand scales up.";
            expect_outcome(&history, "on_demand", scales_up, "CapacityArrived")?;
            expect_sizes(stage, name, 0, 1).await
        },
    );
    suite.test(
        "failed evaluation: prices that cannot be read, by the machine and by the command",
        async |stage| {
            let name = "unevaluated-prices";
            groups(stage, name, "1").await?;
            stage
                .local
                .market()
                .fail_price_history(&format!("t.{name}"));
            let dry = run_command(stage, &["run", "--stack", name, "--output", "json"])?;
            let dry = as_json(&dry.expect_code(0)?.out)?;
            let executions = &stage.spot_manager().await?.executions;
            let input = json!({"stack_name": name});
            let history = executions.run(&input, PATIENCE).await?;
            expect_last(&history, "CapacityArrived")?;
            expect_sizes(stage, name, 0, 1).await?;
            let output = history.output_of("Evaluate").context("no Evaluate")?;
            expect(output, "/verdict/choice", "on_demand")?;
            expect(output, "/verdict/reason", "EVALUATION_FAILED")?;
            expect(&dry, "/steps/1/state", "Evaluate")?;
            expect(&dry, "/steps/1/output/verdict", output["verdict"].clone())
        },
    );
}

/// A SpotManager whose state machine may not invoke *evaluate*.
async fn spot_manager(stage: &Stage) -> Result<&'static SpotManager> {
    static SHARED: OnceCell<SpotManager> = OnceCell::const_new();
    let deploy = async || {
        stage.upload().await?;
        let mut template = template(stage)?.clone();
        let invokes = statement(&mut template, "stateMachineRole", "lambda:InvokeFunction")?;
        let functions = invokes["Resource"].as_array_mut().context("no list")?;
        let before = functions.len();
        functions.retain(|function| !function.to_string().contains("evaluateFunction"));
        ensure!(functions.len() + 1 == before, "{functions:?}");
        SpotManager::deploy_template(
            &stage.config,
            &template.to_string(),
            "unevaluated-sm",
            "unevaluated-workers",
            &[
                ("FurtherStacks", "*"),
                ("ReturnToSpot", "off"),
                ("ReplaceLostCapacity", "false"),
            ],
        )
        .await
    };
    SHARED.get_or_try_init(deploy).await
}

async fn run(stage: &Stage, input: Value) -> Result<ExecutionHistory> {
    let executions = &spot_manager(stage).await?.executions;
    executions.run(&input, PATIENCE).await
}

/// The spot group of `name` lacks an instance that it cannot launch: the execution waits for it
/// without scaling it, and falls back to on-demand.
async fn expect_fallback(
    stage: &Stage,
    name: &str,
    kind: &str,
    instance: Option<&str>,
) -> Result<()> {
    groups(stage, name, "1").await?;
    stage.no_capacity(&format!("t.{name}"), Purchase::Spot);
    ask(stage, &format!("{name}-spot"), 1).await?;
    let history = run(stage, lost(name, kind, instance)).await?;
    expect_outcome(&history, "spot", "has 0 of 1 in service", "CapacityArrived")?;
    let states = history.states();
    let scaled = states.iter().filter(|state| **state == "ScaleUp").count();
    ensure!(
        scaled == 1 && states.contains(&"StandDownSpot"),
        "{states:?}"
    );
    expect_sizes(stage, name, 0, 1).await
}

/// What *start* hands on of lost capacity.
fn lost(name: &str, kind: &str, instance: Option<&str>) -> Value {
    let group = format!("{name}-spot");
    let mut loss = json!({"kind": kind, "event_id": "by-hand", "time": jiff::Timestamp::now(),
                          "auto_scaling_group_name": group});
    if let Some(instance) = instance {
        loss["instance_id"] = instance.into();
    }
    json!({"stack_name": name, "loss": loss})
}

async fn ask(stage: &Stage, group: &str, instances: i32) -> Result<()> {
    let client = aws_sdk_autoscaling::Client::new(&stage.config);
    let asked = client.set_desired_capacity().auto_scaling_group_name(group);
    asked.desired_capacity(instances).send().await?;
    Ok(())
}

/// Checks the choice, a part of its sentence, and the last state.
fn expect_outcome(
    history: &ExecutionHistory,
    choice: &str,
    sentence: &str,
    last: &str,
) -> Result<()> {
    expect_decision(history, "EVALUATION_FAILED")?;
    expect_last(history, last)?;
    let output = history.output_of("Evaluate").context("no Evaluate")?;
    expect(output, "/verdict/choice", choice)?;
    let found = output["verdict"]["sentence"].as_str().unwrap_or_default();
    let begins = "The evaluation failed. ";
    ensure!(
        found.starts_with(begins) && found.contains(sentence),
        "{found}"
    );
    let mut steps = history.steps.iter();
    let failed = steps.find(|step| step.state == "Evaluate");
    let failure = failed.and_then(|step| step.failures.last());
    let failure = failure.context("no failure")?;
    ensure!(
        failure.error == REFUSED && failure.cause.contains("lambda:InvokeFunction"),
        "{failure:?}"
    );
    Ok(())
}

async fn expect_sizes(stage: &Stage, name: &str, spot: usize, on_demand: usize) -> Result<()> {
    for (market, instances) in [("spot", spot), ("on-demand", on_demand)] {
        let size = group_size(&stage.config, &format!("{name}-{market}")).await?;
        ensure!(
            size == GroupSize::settled(instances),
            "{name}-{market} is {size:?}"
        );
    }
    Ok(())
}
