//! The events that *evaluate* and *verify* send, and what they leave to the state machine.

use anyhow::{Context, Result, ensure};
use serde_json::{Value, json};
use spotmanager_fake_aws::Fault;
use spotmanager_testbed::{Stage, Suite, as_json, expect, expect_output, expect_schema};

use crate::groups::bring_one;

const CALL: &str = "PutEvents";
const EXECUTION: &str = "arn:aws:states:us-east-1:000000000000:execution:farm:reported";

pub(crate) fn add(suite: &mut Suite) {
    suite.test(
        "reports: evaluate sends the decision, and goes on with what comes after it",
        async |stage| {
            stage.price("t.reported", "0.20")?;
            let function = "reports-evaluate";
            let evaluated = output(stage, function, "reported").await?;
            expect(&evaluated, "/step/next", "ScaleUp")?;
            expect_sent(stage, function, &evaluated, &["decision"])
        },
    );
    suite.test(
        "reports: the decision and the outcome go in one call",
        async |stage| {
            let function = "reports-at-once-evaluate";
            let evaluated = output(stage, function, "reported-at-once").await?;
            expect(&evaluated, "/step/next", "NothingToDo")?;
            expect_sent(stage, function, &evaluated, &["decision", "outcome"])
        },
    );
    suite.test("reports: verify sends the outcome", async |stage| {
        stage.groups("verify-reported", &[]).await?;
        bring_one(stage, "verify-reported-spot").await?;
        let function = "reports-verify";
        let seen = output(stage, function, "arrived-and-reported").await?;
        expect(&seen, "/step/next", "CapacityArrived")?;
        expect_sent(stage, function, &seen, &["outcome"])
    });
    for (name, fault) in [
        ("is refused", Fault::AccessDenied),
        ("fails", Fault::InternalFailure),
        ("is lost", Fault::CutBefore),
        ("is answered without ids", Fault::EmptyAnswer),
        ("is never answered", Fault::NoReply),
    ] {
        suite.test(
            &format!("reports: a call that {name} is made once, and the state machine sends it"),
            async move |stage| {
                stage.price("t.reported", "0.20")?;
                let function = format!("reports-{}-evaluate", name.replace(' ', "-"));
                stage
                    .local
                    .fail_function(&function, CALL, fault, usize::MAX);
                let evaluated = output(stage, &function, "reported").await?;
                expect(&evaluated, "/step/next", "Report")?;
                expect(&evaluated, "/step/then/next", "ScaleUp")?;
                ensure!(evaluated.get("reported").is_none(), "{evaluated:#}");
                let calls = sent(stage, &function)?.len();
                ensure!(calls == 1, "{calls} calls");
                Ok(())
            },
        );
    }
}

/// Runs the function whose name ends this Lambda function's on an event.
async fn output(stage: &Stage, lambda_function: &str, event: &str) -> Result<Value> {
    let function = lambda_function.rsplit('-').next().unwrap_or_default();
    let environment = format!("AWS_Lambda_provided.al2023.{lambda_function}");
    let variables = [("AWS_EXECUTION_ENV", environment.as_str())];
    expect_output(stage.invoke(function, event, &variables).await?.outcome)
}

/// The entries of each call of a Lambda function.
fn sent(stage: &Stage, lambda_function: &str) -> Result<Vec<Value>> {
    let calls = stage.local.calls().into_iter();
    let theirs = calls
        .filter(|call| call.action == CALL && call.function.as_deref() == Some(lambda_function));
    theirs
        .map(|call| Ok(as_json(&call.body)?["Entries"].take()))
        .collect()
}

/// Checks that one call sent these events, as their schemas say, and that the output has them.
fn expect_sent(stage: &Stage, lambda_function: &str, output: &Value, kinds: &[&str]) -> Result<()> {
    let calls = sent(stage, lambda_function)?;
    let [entries] = calls.as_slice() else {
        anyhow::bail!("{} calls", calls.len());
    };
    let entries = entries.as_array().context("no entries")?;
    let reported = output["reported"].as_array().context("nothing reported")?;
    ensure!(
        entries.len() == kinds.len() && reported.len() == kinds.len(),
        "{entries:#?}, {reported:#?}"
    );
    for ((entry, reported), kind) in entries.iter().zip(reported).zip(kinds) {
        let schema = as_json(&stage.checkout.read(&format!("schemas/{kind}.json"))?)?;
        expect(entry, "/DetailType", schema["title"].clone())?;
        expect(entry, "/Source", "spotmanager")?;
        let detail = as_json(entry["Detail"].as_str().context("no detail")?)?;
        expect_schema(&schema, &detail)?;
        expect(&detail, "/execution_arn", EXECUTION)?;
        expect(reported, "/DetailType", schema["title"].clone())?;
        for (name, value) in reported["Detail"].as_object().context("no detail")? {
            ensure!(detail[name] == *value, "{name} of {detail}");
        }
        expect(&detail, "/stack_name", json!("workers"))?;
    }
    Ok(())
}
