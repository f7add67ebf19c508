//! The original's way in: the state machine started by hand with the stack's name.

use anyhow::{Context, Result, ensure};
use serde_json::{Value, json};
use spotmanager_aws::execution_history::ExecutionHistory;
use spotmanager_fake_aws::{Fault, Purchase};
use spotmanager_testbed::{Inbox, Stage, Suite, expect, group_size, wait_for_size};

use crate::{
    inbox::inbox,
    workers::{PATIENCE, expect_decision, expect_last},
};

pub(crate) fn add(suite: &mut Suite) {
    suite.test("by hand: the stack's name is enough", async |stage| {
        groups(stage, "hand-plain", "1").await?;
        let history = run(stage, json!({"stack_name": "hand-plain"})).await?;
        expect_decision(&history, "SPOT_WITHIN_LIMIT")?;
        expect_last(&history, "CapacityArrived")
    });
    suite.test(
        "by hand: an execution may override the settings",
        async |stage| {
            groups(stage, "hand-override", "1").await?;
            let settings = json!({"maximum_spot_price_usd": "0.10", "verify_interval_seconds": 5});
            let input = json!({"stack_name": "hand-override", "settings": settings});
            let history = run(stage, input).await?;
            expect_decision(&history, "SPOT_ABOVE_LIMIT")
        },
    );
    suite.test(
        "by hand: a dry run changes nothing and tells the call",
        async |stage| {
            groups(stage, "hand-dry", "1").await?;
            let settings = json!({"dry_run": true});
            let input = json!({"stack_name": "hand-dry", "settings": settings});
            let history = run(stage, input).await?;
            expect_decision(&history, "SPOT_WITHIN_LIMIT")?;
            expect_last(&history, "DryRunEnded")?;
            let output = history.output_of("ScaleUp").context("no ScaleUp")?;
            expect(output, "/outcome", "would_scale")?;
            expect(output, "/would_call/Action", "autoscaling:ExecutePolicy")?;
            expect(output, "/would_call/AutoScalingGroupName", "hand-dry-spot")?;
            let spot = group_size(&stage.config, "hand-dry-spot").await?;
            let on_demand = group_size(&stage.config, "hand-dry-on-demand").await?;
            ensure!(
                (spot.desired, on_demand.desired) == (0, 0),
                "{spot:?}, {on_demand:?}"
            );
            Ok(())
        },
    );
    suite.test("by hand: full groups are nothing to do", async |stage| {
        groups(stage, "hand-full", "0").await?;
        let history = run(stage, json!({"stack_name": "hand-full"})).await?;
        expect_decision(&history, "BOTH_GROUPS_FULL")?;
        expect_last(&history, "NothingToDo")
    });
    suite.test(
        "by hand: where spot failed recently on-demand comes at once",
        async |stage| {
            groups(stage, "hand-recently", "2").await?;
            stage.no_capacity("t.hand-recently", Purchase::Spot);
            let input = json!({"stack_name": "hand-recently"});
            let first = run(stage, input.clone()).await?;
            expect_decision(&first, "SPOT_WITHIN_LIMIT")?;
            let second = run(stage, input).await?;
            expect_decision(&second, "RECENT_LAUNCH_FAILURES")?;
            ensure!(!second.states().contains(&"StandDownSpot"), "{second:#?}");
            let on_demand = group_size(&stage.config, "hand-recently-on-demand").await?;
            ensure!(on_demand.in_service == 2, "{on_demand:?}");
            Ok(())
        },
    );
    suite.test(
        "by hand: a scale-up whose answer is lost is not done again",
        async |stage| {
            groups(stage, "hand-lost", "2").await?;
            let local = &stage.local;
            local.fail("ExecutePolicy", "hand-lost-spot", Fault::AnswerLost, 1);
            let history = run(stage, json!({"stack_name": "hand-lost"})).await?;
            expect_decision(&history, "SPOT_WITHIN_LIMIT")?;
            expect_last(&history, "CapacityArrived")?;
            let mut steps = history.steps.iter();
            let failed = steps.find(|step| step.state == "ScaleUp");
            let failures = &failed.context("no ScaleUp")?.failures;
            let errors: Vec<_> = failures.iter().map(|failure| &failure.error).collect();
            ensure!(errors == ["SpotManager.OutcomeUnknown"], "{failures:?}");
            // A check finds that it took effect.
            ensure!(steps.all(|step| step.state != "ScaleUp"), "{history:#?}");
            let spot = group_size(&stage.config, "hand-lost-spot").await?;
            ensure!((spot.desired, spot.in_service) == (1, 1), "{spot:?}");
            Ok(())
        },
    );
    suite.test(
        "by hand: a scale-up that took no effect is done again after a look, and not for ever",
        async |stage| {
            // The group, how often its scale-up fails, and how often it is tried.
            for (stack, times, tries) in [("hand-again", 1, 2), ("hand-never", usize::MAX, 7)] {
                groups(stage, stack, "2").await?;
                let (spot, fault) = (format!("{stack}-spot"), Fault::InternalFailure);
                stage.local.fail("ExecutePolicy", &spot, fault, times);
                let history = run(stage, json!({"stack_name": stack})).await?;
                expect_last(&history, "CapacityArrived")?;
                let states = history.states();
                let last_try = ["StandDownSpot", "CapacityArrived"]
                    .iter()
                    .find_map(|end| states.iter().position(|state| state == end))
                    .context("no end")?;
                let tried = states[..last_try].iter();
                let tried = tried.filter(|state| **state == "ScaleUp").count();
                ensure!(tried == tries, "{states:?}");
                let served = if times == 1 { "spot" } else { "on-demand" };
                let size = group_size(&stage.config, &format!("{stack}-{served}")).await?;
                ensure!((size.desired, size.in_service) == (1, 1), "{size:?}");
            }
            Ok(())
        },
    );
    suite.test(
        "by hand: executions at the same time bring an instance each",
        async |stage| {
            groups(stage, "hand-together", "4").await?;
            let settings = json!({"honor_cooldown": false});
            let input = json!({"stack_name": "hand-together", "settings": settings});
            let executions = &stage.spot_manager().await?.executions;
            let mut started = Vec::new();
            for _ in 0..3 {
                started.push(executions.start(&input).await?);
            }
            for arn in &started {
                let history = executions.ended(arn, PATIENCE).await?;
                expect_decision(&history, "SPOT_WITHIN_LIMIT")?;
                expect_last(&history, "CapacityArrived")?;
            }
            wait_for_size(&stage.config, "hand-together-spot", 3, PATIENCE).await
        },
    );
    suite.test(
        "by hand: spot that cannot be stood down is told, and on-demand comes",
        async |stage| {
            groups(stage, "hand-stuck", "1").await?;
            stage.no_capacity("t.hand-stuck", Purchase::Spot);
            let local = &stage.local;
            local.fail(
                "SetDesiredCapacity",
                "hand-stuck-spot",
                Fault::AccessDenied,
                usize::MAX,
            );
            let operations = inbox(stage, "OperationsTopicArn").await?;
            let history = run(stage, json!({"stack_name": "hand-stuck"})).await?;
            expect_decision(&history, "SPOT_WITHIN_LIMIT")?;
            expect_last(&history, "CapacityArrived")?;
            let told = told_of(&operations, &history.arn).await?;
            expect_told(
                &told,
                "SpotManager.AccessDenied",
                "autoscaling:SetDesiredCapacity",
            )?;
            ensure!(told.contains("may go on buying"), "{told}");
            let on_demand = group_size(&stage.config, "hand-stuck-on-demand").await?;
            ensure!(on_demand.in_service == 1, "{on_demand:?}");
            Ok(())
        },
    );
    suite.test(
        "by hand: no such stack fails by its name, and is told",
        async |stage| {
            let told = failure_of(stage, json!({"stack_name": "hand-nowhere"})).await?;
            expect_told(&told, "SpotManager.StackNotFound", "hand-nowhere")
        },
    );
    suite.test(
        "by hand: an input without a stack fails by its name, and is told",
        async |stage| {
            let told = failure_of(stage, json!({"stack": "hand-mistaken"})).await?;
            expect_told(&told, "SpotManager.InvalidInput", "stack_name")
        },
    );
    suite.test(
        "by hand: no capacity in either market fails, and is told",
        async |stage| {
            groups(stage, "hand-nothing", "1").await?;
            for purchase in [Purchase::Spot, Purchase::OnDemand] {
                stage.no_capacity("t.hand-nothing", purchase);
            }
            let settings = json!({"on_demand_capacity_timeout_seconds": 60});
            let input = json!({"stack_name": "hand-nothing", "settings": settings});
            let told = failure_of(stage, input).await?;
            expect_told(&told, "SpotManager.NoCapacity", "us-east-1c")
        },
    );
}

/// Two groups with an instance type of their own, whose spot price is below the limit.
pub(crate) async fn groups(stage: &Stage, name: &str, max_size: &str) -> Result<()> {
    let instance_type = format!("t.{name}");
    stage.price(&instance_type, "0.20")?;
    let parameters = [
        ("InstanceType", instance_type.as_str()),
        ("MaxSize", max_size),
    ];
    stage.groups(name, &parameters).await?;
    Ok(())
}

async fn run(stage: &Stage, input: Value) -> Result<ExecutionHistory> {
    let executions = &stage.spot_manager().await?.executions;
    executions.run(&input, PATIENCE).await
}

/// Runs an execution that should fail, and gives what the operations topic told of it.
async fn failure_of(stage: &Stage, input: Value) -> Result<String> {
    let operations = inbox(stage, "OperationsTopicArn").await?;
    let history = run(stage, input).await?;
    ensure!(history.status == "FAILED", "{history:#?}");
    let told = told_of(&operations, &history.arn).await?;
    let error = history.error.as_deref().context("no error")?;
    ensure!(told.contains(error), "told {told} of {history:#?}");
    Ok(told)
}

/// Waits for what the operations topic tells of an execution.
async fn told_of(operations: &Inbox, execution_arn: &str) -> Result<String> {
    let is_of = |told: &Value| {
        let text = told.as_str();
        text.is_some_and(|text| text.contains(execution_arn))
    };
    let told = operations.next(PATIENCE, is_of).await?;
    Ok(told.as_str().unwrap_or_default().to_owned())
}

/// The mail says what failed, why, and what to do, each on a line; the cause is no JSON any more.
fn expect_told(told: &str, error: &str, part: &str) -> Result<()> {
    let line = |start| told.lines().find(|line| line.starts_with(start));
    let line = |start| line(start).with_context(|| format!("no {start:?} in {told}"));
    let what = line("What: ")?;
    ensure!(what.contains(error), "{told}");
    let why = line("Why: ")?;
    ensure!(
        why.contains(part) && !why.contains("errorMessage"),
        "{told}"
    );
    let entry = error.replace('.', "").to_lowercase();
    let todo = line("What to do: ")?;
    ensure!(
        todo.ends_with(&format!("docs/runbook.md#{entry}")),
        "{told}"
    );
    // Discover is what finds out the execution's page.
    if !what.contains(" in Discover.") {
        let console = "https://us-east-1.console.aws.amazon.com/states/";
        ensure!(line("Execution: ")?.contains(console), "{told}");
    }
    let explain = line("In a terminal: spotmanager explain ")?;
    ensure!(explain.contains(":execution:"), "{told}");
    Ok(())
}
