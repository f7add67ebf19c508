//! *start*: one execution per alarm event, and nothing for what is none.

use anyhow::{Result, ensure};
use serde_json::Value;
use spotmanager_domain::ErrorName;
use spotmanager_testbed::{FunctionAnswer, Stage, Suite, expect, expect_output, expect_refusal};

use crate::groups::bring_one;

pub(crate) fn add(suite: &mut Suite) {
    suite.test(
        "start: an alarm starts one execution, however often it comes",
        async |stage| {
            let first = output(stage, "alarm").await?;
            expect(&first, "/records/0/outcome", "started")?;
            expect(&first, "/records/0/stack_name", "start-workers")?;
            let again = output(stage, "alarm").await?;
            expect_started_once(stage, &first, &again).await
        },
    );
    suite.test(
        "start: an alarm without an ARN is answered as well",
        async |stage| {
            let started = output(stage, "alarm-without-arn").await?;
            expect(&started, "/records/0/outcome", "started")
        },
    );
    suite.test("start: one event may hold the alarm twice", async |stage| {
        let started = output(stage, "alarm-twice-in-one-event").await?;
        expect(&started, "/records/0/outcome", "started")?;
        let name = |index: usize| started.pointer(&format!("/records/{index}/execution_name"));
        ensure!(name(0).is_some() && name(0) == name(1), "{started}");
        Ok(())
    });
    for event in ["back-to-ok", "insufficient-data", "no-alarm"] {
        suite.test(
            &format!("start: {event} starts nothing"),
            async move |stage| {
                let ignored = output(stage, event).await?;
                expect(&ignored, "/records/0/outcome", "ignored")
            },
        );
    }
    suite.test(
        "start: a tick of the schedule starts one execution that returns to spot",
        async |stage| {
            let first = output(stage, "scheduled").await?;
            expect(&first, "/records/0/outcome", "started")?;
            expect(&first, "/records/0/stack_name", "shared-workers")?;
            let again = output(stage, "scheduled").await?;
            expect_started_once(stage, &first, &again).await
        },
    );
    suite.test(
        "start: a tick starts nothing while no on-demand instance could go",
        async |stage| {
            let (stack, queue) = ("start-idle", [].as_slice());
            stage.groups(stack, &[]).await?;
            let idle = tick(stage, "scheduled", stack, queue).await?;
            expect(&idle, "/records/0/outcome", "ignored")?;
            let reason = "start-idle has no on-demand instance to return from";
            expect(&idle, "/records/0/reason", reason)?;
            bring_one(stage, "start-idle-on-demand").await?;
            let busy = tick(stage, "scheduled", stack, queue).await?;
            expect(&busy, "/records/0/outcome", "started")
        },
    );
    suite.test(
        "start: the queue of an idle pair is read by one execution for all ticks of four hours",
        async |stage| {
            let (stack, queue) = ("start-asleep", [("QUEUE_LOGICAL_ID", "queue")].as_slice());
            stage.groups(stack, &[]).await?;
            let first = tick(stage, "scheduled", stack, queue).await?;
            let next = tick(stage, "scheduled-next", stack, queue).await?;
            expect_started_once(stage, &first, &next).await?;
            bring_one(stage, "start-asleep-on-demand").await?;
            let busy = tick(stage, "scheduled-next", stack, queue).await?;
            let name = "/records/0/execution_name";
            ensure!(busy.pointer(name) != next.pointer(name), "{busy}");
            Ok(())
        },
    );
    for (event, part) in [
        ("interruption-of-a-stranger", "no Auto Scaling group"),
        ("launch-unsuccessful-elsewhere", "not the spot group"),
        ("another-event", "State-change"),
    ] {
        suite.test(
            &format!("start: {event} starts nothing"),
            async move |stage| {
                let ignored = output(stage, event).await?;
                expect(&ignored, "/records/0/outcome", "ignored")?;
                let reason = ignored.pointer("/records/0/reason").and_then(Value::as_str);
                ensure!(reason.is_some_and(|text| text.contains(part)), "{ignored}");
                Ok(())
            },
        );
    }
    suite.test(
        "start: a warning without its instance is refused",
        async |stage| {
            let refused = answer(stage, "interruption-without-instance").await?;
            expect_refusal(
                refused,
                ErrorName::InvalidInput,
                &["missing field `instance-id`"],
            )
        },
    );
    suite.test(
        "start: an alarm asks for the pair that names it, with that pair's own settings",
        async |stage| {
            let pairs = r#"[{"stack_name": "start-mapped", "alarm_name": "jobs to do",
                "settings": {"maximum_spot_price_usd": "0.10"}}]"#;
            let machine = machine(stage).await?;
            let variables = [("STATE_MACHINE_ARN", machine), ("WORKER_PAIRS", pairs)];
            let outcome = stage.invoke("start", "alarm", &variables).await?.outcome;
            let started = expect_output(outcome)?;
            expect(&started, "/records/0/outcome", "started")?;
            expect(&started, "/records/0/stack_name", "start-mapped")?;
            let arn = started.pointer("/records/0/execution_arn");
            let arn = arn.and_then(Value::as_str).unwrap_or_default();
            let input = stage.spot_manager().await?.executions.input(arn).await?;
            expect(&input, "/settings/maximum_spot_price_usd", "0.10")
        },
    );
    suite.test(
        "start: pairs that cannot be read are refused",
        async |stage| {
            let machine = machine(stage).await?;
            let variables = [("STATE_MACHINE_ARN", machine), ("WORKER_PAIRS", "farm")];
            let refused = stage.invoke("start", "alarm", &variables).await?.outcome;
            let parts = ["WORKER_PAIRS", "farm", "a JSON array"];
            expect_refusal(refused, ErrorName::InvalidInput, &parts)
        },
    );
    suite.test(
        "start: an alarm without its time is refused",
        async |stage| {
            let refused = answer(stage, "alarm-without-time").await?;
            expect_refusal(
                refused,
                ErrorName::InvalidInput,
                &[
                    "StateChangeTime",
                    "\"\"",
                    "the time of the alarm's transition",
                ],
            )
        },
    );
    suite.test(
        "start: a topic that names no stack is refused",
        async |stage| {
            let refused = answer(stage, "topic-without-stack").await?;
            expect_refusal(
                refused,
                ErrorName::InvalidInput,
                &["TopicArn", "somebody-elses-topic", "-jobs-to-do"],
            )
        },
    );
    suite.test("start: a malformed event is refused", async |stage| {
        let refused = answer(stage, "malformed").await?;
        expect_refusal(
            refused,
            ErrorName::InvalidInput,
            &["Records[0]", "missing field"],
        )
    });
    suite.test(
        "start: without its state machine it refuses",
        async |stage| {
            let refused = stage.invoke("start", "alarm", &[]).await?.outcome;
            expect_refusal(refused, ErrorName::InvalidInput, &["STATE_MACHINE_ARN"])
        },
    );
}

/// A tick of the schedule for a stack's pair.
async fn tick(stage: &Stage, event: &str, stack: &str, more: &[(&str, &str)]) -> Result<Value> {
    let mut variables = vec![
        ("STATE_MACHINE_ARN", machine(stage).await?),
        ("WORKERS_STACK_NAME", stack),
    ];
    variables.extend_from_slice(more);
    expect_output(stage.invoke("start", event, &variables).await?.outcome)
}

/// Checks that both answers are about the same execution, and that there is one such. While it
/// runs, StartExecution answers a repetition as it answered before.
async fn expect_started_once(stage: &Stage, first: &Value, again: &Value) -> Result<()> {
    expect(first, "/records/0/outcome", "started")?;
    let name = "/records/0/execution_name";
    ensure!(
        first.pointer(name) == again.pointer(name),
        "{first} and {again}"
    );
    let arn = first.pointer("/records/0/execution_arn");
    let arn = arn.and_then(Value::as_str).unwrap_or_default();
    let arns = stage.spot_manager().await?.executions.list().await?;
    let times = arns.iter().filter(|one| *one == arn).count();
    ensure!(times == 1, "{arn} is listed {times} times");
    Ok(())
}

async fn machine(stage: &Stage) -> Result<&str> {
    let spot_manager = stage.spot_manager().await?;
    spot_manager.stack.output("StateMachineArn")
}

async fn answer(stage: &Stage, event: &str) -> Result<FunctionAnswer> {
    let machine = machine(stage).await?;
    let variables = [
        ("STATE_MACHINE_ARN", machine),
        ("TOPIC_SUFFIX", "-jobs-to-do"),
        ("WORKERS_STACK_NAME", "shared-workers"),
    ];
    Ok(stage.invoke("start", event, &variables).await?.outcome)
}

async fn output(stage: &Stage, event: &str) -> Result<Value> {
    expect_output(answer(stage, event).await?)
}
