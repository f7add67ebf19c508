//! The local AWS refuses what AWS refuses, so that nothing passes here and fails there.

use anyhow::{Context, Result, ensure};
use aws_sdk_sfn::{
    Client,
    error::ProvideErrorMetadata,
    operation::describe_execution::DescribeExecutionOutput,
    types::{ExecutionStatus, HistoryEventType},
};
use serde_json::{Value, json};
use spotmanager_testbed::{SpotManager, Stage, Suite, TestAlarm, as_json, poll};

use crate::{
    template::{statement, template},
    workers::PATIENCE,
};

pub(crate) fn add(suite: &mut Suite) {
    suite.test(
        "refusals: a permission that wants the account lets no alarm in, which ends as a dead letter",
        async |stage| {
            stage.upload().await?;
            let mut template = template(stage)?.clone();
            let permission = "/Resources/startPermission/Properties";
            let permission = template.pointer_mut(permission).context("no permission")?;
            permission["SourceAccount"] = json!({"Ref": "AWS::AccountId"});
            let spot_manager = deploy(stage, "refused-account", &template).await?;
            let topic = spot_manager.jobs_topic_arn()?;
            let alarm = TestAlarm::create(&stage.config, "refused-account", topic).await?;
            alarm.rise().await?;
            let queue = spot_manager.stack.output("DeadLetterQueueUrl")?;
            let letter = dead_letter(stage, queue).await?;
            ensure!(letter["Message"].is_string(), "{letter}");
            let started = spot_manager.executions.list().await?;
            ensure!(started.is_empty(), "{started:?}");
            Ok(())
        },
    );
    for (name, state, error, cause) in [
        (
            "condition",
            json!({"Type": "Choice", "Default": "End",
                "Choices": [{"Condition": "{% 'yes' %}", "Next": "End"}]}),
            "States.QueryEvaluationError",
            "boolean",
        ),
        (
            "data",
            json!({"Type": "Pass", "Next": "End",
                "Output": "{% $pad('', 300000, '-') %}"}),
            "States.DataLimitExceeded",
            "262144 bytes",
        ),
        (
            "history",
            json!({"Type": "Choice", "Default": "End",
                "Choices": [{"Condition": "{% true %}", "Next": "First"}]}),
            "States.Runtime",
            "maximum number of history events (25000)",
        ),
    ] {
        suite.test(
            &format!("refusals: {name} beyond what Step Functions takes fails the execution"),
            async move |stage| {
                let client = Client::new(&stage.config);
                let role = role_of(&client, stage.spot_manager().await?).await?;
                let arn = machine(&client, &format!("refused-{name}"), &role, state).await?;
                let execution = run(&client, &arn).await?;
                let (found, why) = (execution.error(), execution.cause().unwrap_or_default());
                ensure!(found == Some(error), "{found:?}: {why}");
                ensure!(why.contains(cause), "{why}");
                let last = client
                    .get_execution_history()
                    .execution_arn(execution.execution_arn())
                    .reverse_order(true)
                    .max_results(1)
                    .send()
                    .await?;
                let last = last.events().first().context("no event")?;
                ensure!(
                    *last.r#type() == HistoryEventType::ExecutionFailed,
                    "{last:?}"
                );
                ensure!(name != "history" || last.id() == 25_000, "{last:?}");
                Ok(())
            },
        );
    }
    suite.test(
        "refusals: variables are assigned together, from what they were",
        async |stage| {
            let client = Client::new(&stage.config);
            let role = role_of(&client, stage.spot_manager().await?).await?;
            let state = json!({"Type": "Pass", "Next": "End",
                "Assign": {"first": 1, "second": "{% $first %}"}});
            let arn = machine(&client, "refused-sibling", &role, state).await?;
            let execution = run(&client, &arn).await?;
            let error = execution.error();
            ensure!(error == Some("States.QueryEvaluationError"), "{error:?}");
            Ok(())
        },
    );
    suite.test(
        "refusals: an execution's name that exists is refused once the execution has ended",
        async |stage| {
            let client = Client::new(&stage.config);
            let role = role_of(&client, stage.spot_manager().await?).await?;
            let wait = json!({"Type": "Wait", "Seconds": 600, "Next": "End"});
            let arn = machine(&client, "refused-name", &role, wait).await?;
            let start = async |input: &str| {
                let start = client.start_execution().state_machine_arn(&arn);
                start.name("once").input(input).send().await
            };
            let first = start("{}").await?;
            // While it runs, a repetition is answered alike, and another input refused.
            let again = start("{}").await?;
            ensure!(first.execution_arn() == again.execution_arn(), "{again:?}");
            let code = |refused: Result<_, aws_sdk_sfn::error::SdkError<_>>| {
                let code = refused
                    .err()
                    .and_then(|error| error.code().map(str::to_owned));
                code.unwrap_or_default()
            };
            let other = code(start(r#"{"other": 1}"#).await);
            ensure!(other == "ExecutionAlreadyExists", "{other}");
            client
                .stop_execution()
                .execution_arn(first.execution_arn())
                .send()
                .await?;
            let ended = code(start("{}").await);
            ensure!(ended == "ExecutionAlreadyExists", "{ended}");
            Ok(())
        },
    );
    suite.test(
        "refusals: a task whose event is not taken fails with its own error",
        async |stage| {
            stage.upload().await?;
            let mut template = template(stage)?.clone();
            let path =
                "/Resources/stateMachineRole/Properties/AssumeRolePolicyDocument/Statement/0";
            let trust = template.pointer_mut(path).and_then(Value::as_object_mut);
            trust.context("no trust")?.remove("Condition");
            let puts = statement(&mut template, "stateMachineRole", "events:PutEvents")?;
            puts["Condition"] = json!({});
            let spot_manager = deploy(stage, "refused-event", &template).await?;

            let client = Client::new(&stage.config);
            let role = role_of(&client, &spot_manager).await?;
            // Only AWS may publish under a source of this kind.
            let task = json!({"Type": "Task", "Next": "End",
                "Resource": "arn:aws:states:::events:putEvents",
                "Arguments": {"Entries": [{"Source": "aws.spotmanager", "DetailType": "none",
                    "Detail": {}}]}});
            let arn = machine(&client, "refused-event-task", &role, task).await?;
            let execution = run(&client, &arn).await?;
            let error = execution.error();
            ensure!(error == Some("EventBridge.FailedEntry"), "{error:?}");
            Ok(())
        },
    );
}

/// A SpotManager from a template of the test's own, which does nothing by itself.
async fn deploy(stage: &Stage, name: &str, template: &Value) -> Result<SpotManager> {
    SpotManager::deploy_template(
        &stage.config,
        &template.to_string(),
        name,
        &format!("{name}-workers"),
        &[("ReturnToSpot", "off"), ("ReplaceLostCapacity", "false")],
    )
    .await
}

/// The role of a deployment's state machine.
async fn role_of(client: &Client, spot_manager: &SpotManager) -> Result<String> {
    let arn = spot_manager.stack.output("StateMachineArn")?;
    let described = client.describe_state_machine().state_machine_arn(arn);
    Ok(described.send().await?.role_arn().to_owned())
}

/// A state machine that begins with this state, called `First`, and ends after it.
async fn machine(client: &Client, name: &str, role: &str, first: Value) -> Result<String> {
    let definition = json!({"QueryLanguage": "JSONata", "StartAt": "First",
        "States": {"First": first, "End": {"Type": "Succeed"}}});
    let created = client
        .create_state_machine()
        .name(name)
        .role_arn(role)
        .definition(definition.to_string())
        .send()
        .await?;
    Ok(created.state_machine_arn().to_owned())
}

/// Runs an execution to its end.
async fn run(client: &Client, machine: &str) -> Result<DescribeExecutionOutput> {
    let started = client.start_execution().state_machine_arn(machine);
    let started = started.input("{}").send().await?;
    poll("the execution", PATIENCE, async || {
        let described = client.describe_execution();
        let described = described
            .execution_arn(started.execution_arn())
            .send()
            .await?;
        Ok((*described.status() != ExecutionStatus::Running).then_some(described))
    })
    .await
}

/// Waits for a message in a dead-letter queue.
async fn dead_letter(stage: &Stage, url: &str) -> Result<Value> {
    let client = aws_sdk_sqs::Client::new(&stage.config);
    poll("a dead letter", PATIENCE, async || {
        let received = client.receive_message().queue_url(url).send().await?;
        let body = received
            .messages()
            .first()
            .and_then(|message| message.body());
        body.map(as_json).transpose()
    })
    .await
}
