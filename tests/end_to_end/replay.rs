//! `spotmanager replay`: each kind of dead letter becomes the execution that it asks for, once.

use std::{process::Command, time::Duration};

use anyhow::{Context, Result, ensure};
use aws_sdk_sqs::{
    Client,
    types::{MessageAttributeValue, QueueAttributeName},
};
use serde_json::{Value, json};
use spotmanager_fake_aws::Purchase;
use spotmanager_testbed::{SpotManager, Stage, Suite, TestAlarm, as_json, expect_schema, poll};

use crate::{
    answered::at_terminal,
    command::{Ran, command, finish, run, schema},
    documents::block_after,
    template::{statement, template},
    workers::PATIENCE,
};

/// For what takes a tick or retries first, on a machine that is busy.
const LONG_PATIENCE: Duration = Duration::from_secs(360);
/// What the runbook's commands call the stack.
const DEPLOYMENT: &str = "DEPLOYMENT";

pub(crate) fn add(suite: &mut Suite) {
    suite.test(
        "replay: each kind of dead letter starts its execution, and once only",
        each_kind,
    );
    suite.test(
        "replay: the runbook's commands replay an alarm that SNS could not deliver",
        the_runbook,
    );
    suite.test(
        "replay: what start fails with stays in the queue until start accepts it",
        start_fails,
    );
    suite.test(
        "replay: what EventBridge and its scheduler could not deliver is replayed",
        service_events,
    );
    suite.test(
        "replay: nothing is replayed without a yes, and no letter stays hidden",
        consent,
    );
    suite.test(
        "replay: the policy of its page is enough, and a right that is missing is named",
        rights,
    );
    suite.test("replay: another stack has no dead letters", async |stage| {
        stage.groups("replay-other", &[]).await?;
        let ran = replay(stage, "replay-other", &["--list"])?;
        ran.expect_code(2)?
            .expect_error(&["--spotmanager-stack", "replay-other"])?;
        let ran = replay(stage, "replay-none", &["--list"])?;
        ran.expect_code(1)?
            .expect_error(&["replay-none", "us-east-1"])
    });
}

/// Letters as AWS's pages describe them, beyond what one call of SQS answers with.
async fn each_kind(stage: &Stage) -> Result<()> {
    let deployed = deploy(stage, "replay-kinds").await?;
    let queue = DeadLetters::of(stage, &deployed)?;
    for (body, attributes) in kinds() {
        queue.send(&body, &attributes).await?;
    }
    let no_alarm = sns("replay-kinds", "test").to_string();
    for _ in 0..12 {
        queue.send(&no_alarm, &[]).await?;
    }
    let notice = json!({"source": "spotmanager", "detail-type": "SpotManager Decision"});
    queue
        .send(&notice.to_string(), &[("RULE_ARN", "arn:rule")])
        .await?;
    queue.send("hello", &[]).await?;
    queue.send(r#"{"Records": []}"#, &[]).await?;

    // What cannot be replayed stays, which is exit code 1.
    let first = json_of(stage, "replay-kinds-sm", &["--yes"], 1)?;
    expect_schema(&schema(stage, "replay")?, &first)?;
    let outcomes = |replayed: &Value, origin: &str, field: &str| -> Vec<Value> {
        let letters = replayed["letters"].as_array().into_iter().flatten();
        let letters = letters.filter(|letter| letter["origin"] == origin);
        let records = letters.flat_map(|letter| letter["records"].as_array());
        records
            .flatten()
            .map(|record| record[field].clone())
            .collect()
    };
    for origin in ["function", "subscription", "rule", "schedule"] {
        let found = outcomes(&first, origin, "outcome");
        ensure!(found.contains(&json!("started")), "{origin}: {first:#}");
    }
    let mut letters = first["letters"].as_array().into_iter().flatten();
    let empty = letters.find(|letter| letter["asks_for"] == "nothing: it has no records");
    let empty = empty.with_context(|| format!("{first:#}"))?;
    ensure!(empty["result"] == "accepted", "{empty:#}");
    let ignored = outcomes(&first, "subscription", "outcome");
    ensure!(
        ignored.iter().filter(|found| **found == "ignored").count() == 12,
        "{first:#}"
    );
    let started = deployed.executions.list().await?;
    ensure!(started.len() == 4, "{started:?}");
    ensure!(queue.count().await? == 2, "{first:#}");

    // Both are there for everybody, at once.
    let rest = json_of(stage, "replay-kinds-sm", &["--list"], 0)?;
    let kinds_left = |replayed: &Value| {
        let letters = replayed["letters"].as_array().map(Vec::len);
        let notices = replayed["letters"].as_array().into_iter().flatten();
        (
            letters,
            notices
                .filter(|letter| letter["notice"].is_string())
                .count(),
        )
    };
    ensure!(kinds_left(&rest) == (Some(2), 1), "{rest:#}");
    let discarded = json_of(stage, "replay-kinds-sm", &["--yes", "--discard-notices"], 1)?;
    ensure!(kinds_left(&discarded) == (Some(2), 1), "{discarded:#}");
    ensure!(queue.count().await? == 1, "{discarded:#}");

    for arn in &started {
        deployed.executions.ended(arn, PATIENCE).await?;
    }
    for (body, attributes) in kinds() {
        queue.send(&body, &attributes).await?;
    }
    let second = json_of(stage, "replay-kinds-sm", &["--yes"], 1)?;
    for origin in ["function", "subscription", "rule", "schedule"] {
        let found = outcomes(&second, origin, "outcome");
        ensure!(
            found.contains(&json!("already_started")),
            "{origin}: {second:#}"
        );
    }
    let after = deployed.executions.list().await?;
    let same = after.len() == started.len() && started.iter().all(|arn| after.contains(arn));
    ensure!(same, "{started:?} became {after:?}");
    Ok(())
}

/// A letter of each kind, with its attributes.
fn kinds() -> [(String, Vec<(&'static str, &'static str)>); 4] {
    let alarm = |name: &str| {
        json!({"AlarmName": name, "NewStateValue": "ALARM", "NewStateReason": "jobs wait",
            "StateChangeTime": "2026-01-01T00:00:00.000+0000"})
        .to_string()
    };
    let record = json!({"Records": [{"EventSource": "aws:sns", "EventVersion": "1.0",
        "EventSubscriptionArn": "arn:sub", "Sns": sns("replay-kinds", &alarm("of-lambda"))}]});
    let failed_launch = json!({"version": "0", "id": "1", "source": "aws.autoscaling",
        "detail-type": "EC2 Instance Launch Unsuccessful", "time": "2026-01-01T00:00:00Z",
        "detail": {"AutoScalingGroupName": "replay-kinds-spot", "ActivityId": "a-1"}});
    [
        (
            record.to_string(),
            vec![
                ("RequestID", "r"),
                ("ErrorCode", "200"),
                ("ErrorMessage", "denied"),
            ],
        ),
        (sns("replay-kinds", &alarm("of-sns")).to_string(), vec![]),
        (
            failed_launch.to_string(),
            vec![("RULE_ARN", "arn:rule"), ("ERROR_CODE", "NO_PERMISSIONS")],
        ),
        (
            "{}".to_owned(),
            vec![
                (
                    "SCHEDULE_ARN",
                    "arn:aws:scheduler:us-east-1:000000000000:schedule/sm/tick",
                ),
                ("SCHEDULED_TIME", "2026-01-01T00:00:00Z"),
            ],
        ),
    ]
}

/// SNS's envelope of a message to the jobs topic.
/// See <https://docs.aws.amazon.com/sns/latest/dg/sns-message-and-json-formats.html>.
fn sns(workers: &str, message: &str) -> Value {
    let url = "https://sns.us-east-1.amazonaws.com/?Action=Unsubscribe&SubscriptionArn=arn:sub";
    json!({"Type": "Notification", "MessageId": "m", "Message": message,
        "TopicArn": format!("arn:aws:sns:us-east-1:000000000000:{workers}-jobs-to-do"),
        "Timestamp": "2026-01-01T00:00:00.000Z", "SignatureVersion": "1", "Signature": "s",
        "SigningCertURL": "https://sns.us-east-1.amazonaws.com/cert.pem", "UnsubscribeURL": url})
}

/// SNS has no permission, and whoever reads the runbook says yes.
async fn the_runbook(stage: &Stage) -> Result<()> {
    let mut template = template(stage)?.clone();
    remove(&mut template, "startPermission")?;
    let deployed = deploy_template(stage, "replay-sns", &template, &[]).await?;
    let topic = deployed.jobs_topic_arn()?;
    TestAlarm::create(&stage.config, "replay-sns", topic)
        .await?
        .rise()
        .await?;
    let queue = DeadLetters::of(stage, &deployed)?;
    queue.holds(1).await?;

    let runbook = stage.checkout.read("docs/runbook.md")?;
    let commands = block_after(&runbook, "### The alarm on the dead-letter queue")?;
    let mut shell = Command::new("bash");
    shell
        .args(["-euc", &commands])
        .env(DEPLOYMENT, &deployed.stack.name)
        .env("PATH", path_with(stage.checkout.command().parent())?);
    let ran =
        at_terminal(stage, shell, "Replay this dead letter in account", "y")?.expect_code(0)?;
    ran.expect_out(&[
        "SNS could not deliver it",
        "asks for: capacity, for the alarm replay-sns that went into ALARM",
        "000000000000, region us-east-1?",
        "replayed: execution replay-sns-",
    ])?;
    ensure!(queue.count().await? == 0, "{ran:?}");
    let started = deployed.executions.list().await?;
    ensure!(started.len() == 1, "{started:?}");
    let input = deployed.executions.input(&started[0]).await?;
    ensure!(input["alarm"]["alarm_name"] == "replay-sns", "{input}");
    let empty = replay(stage, &deployed.stack.name, &["--yes"])?.expect_code(0)?;
    empty.expect_out(&["no dead letters"])
}

/// The role of *start* lacks a right, which is then given.
async fn start_fails(stage: &Stage) -> Result<()> {
    let mut template = template(stage)?.clone();
    let starts = statement(&mut template, "startRole", "states:StartExecution")?;
    let right = starts.clone();
    starts["Action"] = json!("states:StopExecution");
    let deployed = deploy_template(stage, "replay-start", &template, &[]).await?;
    let topic = deployed.jobs_topic_arn()?;
    TestAlarm::create(&stage.config, "replay-start", topic)
        .await?
        .rise()
        .await?;
    let queue = DeadLetters::of(stage, &deployed)?;
    queue.holds(1).await?;

    let name = deployed.stack.name.as_str();
    let ran = replay(stage, name, &["--yes"])?.expect_code(1)?;
    ran.expect_out(&[
        "the function start failed with it",
        "error: 200: ",
        "failed, and stays in the queue: SpotManager.AccessDenied: states:StartExecution",
    ])?;
    ensure!(queue.count().await? == 1, "{ran:?}");

    let function = format!("{name}-start");
    let query = ["--query", "Role", "--output", "text"];
    let role = aws(
        stage,
        &[
            &[
                "lambda",
                "get-function-configuration",
                "--function-name",
                &function,
            ][..],
            &query,
        ]
        .concat(),
    )?;
    let role = role.rsplit('/').next().unwrap_or_default();
    let machine = deployed.stack.output("StateMachineArn")?;
    let policy = json!({"Version": "2012-10-17", "Statement": [{"Effect": right["Effect"],
        "Action": right["Action"], "Resource": machine}]});
    let policy = policy.to_string();
    let put = [
        "iam",
        "put-role-policy",
        "--role-name",
        role,
        "--policy-name",
        "given",
    ];
    aws(stage, &[&put[..], &["--policy-document", &policy]].concat())?;

    let ran = replay(stage, name, &["--yes"])?.expect_code(0)?;
    ran.expect_out(&["replayed: execution replay-start-"])?;
    ensure!(queue.count().await? == 0, "{ran:?}");
    let started = deployed.executions.list().await?;
    ensure!(started.len() == 1, "{started:?}");
    Ok(())
}

/// Neither the rule nor the schedule may invoke *start*.
async fn service_events(stage: &Stage) -> Result<()> {
    let mut template = template(stage)?.clone();
    remove(&mut template, "lostCapacityPermission")?;
    let invokes = statement(&mut template, "returnToSpotRole", "lambda:InvokeFunction")?;
    invokes["Action"] = json!("lambda:GetFunction");
    let on = [
        ("ReturnToSpot", "on"),
        ("ReturnToSpotRate", "rate(1 minute)"),
    ];
    let on = [&on[..], &[("ReplaceLostCapacity", "true")]].concat();
    let deployed = deploy_template(stage, "replay-services", &template, &on).await?;
    stage.no_capacity("t.replay-services", Purchase::Spot);
    let group = "replay-services-spot";
    set_desired(stage, group, "1")?;

    let name = deployed.stack.name.as_str();
    let is_ours = |letter: &Value| {
        let asks_for = letter["asks_for"].as_str().unwrap_or_default();
        letter["origin"] == "schedule" || asks_for.contains(group)
    };
    let both = |replayed: &Value| {
        let letters = replayed["letters"].as_array().into_iter().flatten();
        let mut origins: Vec<_> = letters
            .filter(|letter| is_ours(letter))
            .map(|letter| letter["origin"].clone())
            .collect();
        origins.dedup();
        origins.contains(&json!("rule")) && origins.contains(&json!("schedule"))
    };
    let listed = poll("both dead letters", LONG_PATIENCE, async || {
        let listed = json_of(stage, name, &["--list"], 0)?;
        Ok(both(&listed).then_some(listed))
    })
    .await?;
    set_desired(stage, group, "0")?;
    for letter in listed["letters"].as_array().into_iter().flatten() {
        if letter["origin"] == "function" {
            // On a machine that is busy a start may take longer than Lambda lets it.
            continue;
        }
        let error = letter["error"].as_str().unwrap_or_default();
        ensure!(error.starts_with("NO_PERMISSIONS: "), "{letter:#}");
    }
    let is_answered = |answered: &[Value], pointer: &str, expected: &str| {
        let mut found = answered.iter().filter_map(|input| input.pointer(pointer));
        found.any(|found| found == expected)
    };
    // A letter with which start was too slow stays for the next replay.
    poll("both executions", LONG_PATIENCE, async || {
        replay(stage, name, &["--yes"])?;
        let mut answered = Vec::new();
        for arn in &deployed.executions.list().await? {
            answered.push(deployed.executions.input(arn).await?);
        }
        let both = is_answered(&answered, "/loss/auto_scaling_group_name", group)
            && is_answered(&answered, "/purpose", "return_to_spot");
        Ok(both.then_some(()))
    })
    .await?;
    // Its ticks and failed launches would keep every deployment of the suite busy.
    aws(
        stage,
        &["cloudformation", "delete-stack", "--stack-name", name],
    )?;
    Ok(())
}

fn set_desired(stage: &Stage, group: &str, capacity: &str) -> Result<()> {
    let call = ["autoscaling", "set-desired-capacity"];
    let group = ["--auto-scaling-group-name", group];
    let capacity = ["--desired-capacity", capacity];
    aws(stage, &[call, group, capacity].concat())?;
    Ok(())
}

async fn consent(stage: &Stage) -> Result<()> {
    let deployed = deploy(stage, "replay-asks").await?;
    let queue = DeadLetters::of(stage, &deployed)?;
    let (body, attributes) = &kinds()[1];
    let body = body.replace("replay-kinds", "replay-asks");
    queue.send(&body, attributes).await?;

    let name = deployed.stack.name.as_str();
    let ran = replay(stage, name, &[])?.expect_code(2)?;
    ran.expect_error(&["--yes", "--list"])?;
    let asked = |answer: &str| {
        let mut command = command(stage);
        command.args(["replay", "--spotmanager-stack", name]);
        at_terminal(stage, command, "Replay this dead letter", answer)
    };
    asked("n")?.expect_code(0)?.expect_out(&["1 dead letter"])?;
    asked("\u{3}")?
        .expect_code(130)?
        .expect_out(&["1 dead letters stay in the queue"])?;
    // Hidden for minutes, it could not be listed.
    let listed = replay(stage, name, &["--list"])?.expect_code(0)?;
    listed.expect_out(&["1 dead letter\n", "SNS could not deliver it"])?;
    let started = deployed.executions.list().await?;
    ensure!(started.is_empty(), "{started:?}");
    Ok(())
}

/// As a user who has the rights that the page lists, first without some of them.
async fn rights(stage: &Stage) -> Result<()> {
    let deployed = deploy(stage, "replay-rights").await?;
    let name = deployed.stack.name.as_str();
    let queue = DeadLetters::of(stage, &deployed)?;
    let (body, attributes) = &kinds()[1];
    let body = body.replace("replay-kinds", "replay-rights");
    queue.send(&body, attributes).await?;

    let page = stage.checkout.read("docs/how-to/command.md")?;
    let policies = page.split("```json\n").skip(1);
    let mut policies = policies.filter_map(|block| block.split("```").next());
    let policy = policies.find(|policy| policy.contains("\"Replay\""));
    let policy = policy.context("no policy on the page")?;
    let policy = policy
        .replace("REGION:ACCOUNT", "us-east-1:000000000000")
        .replace("spotmanager", name);
    aws(stage, &["iam", "create-user", "--user-name", name])?;
    let key = aws(stage, &["iam", "create-access-key", "--user-name", name])?;
    let key = as_json(&key)?;
    let key = |field: &str| key["AccessKey"][field].as_str().unwrap_or_default();
    for (lacks, code) in [
        (&["sqs:ReceiveMessage"][..], 254),
        (&["lambda:InvokeFunction"], 254),
        (&["sqs:DeleteMessage"], 254),
        (&[], 0),
    ] {
        let mut policy = as_json(&policy)?;
        let statements = policy["Statement"].as_array_mut();
        let statements = statements.context("no statements")?;
        for statement in statements.iter_mut() {
            let actions = statement["Action"].as_array_mut().context("no actions")?;
            actions.retain(|action| !lacks.iter().any(|lack| action == lack));
        }
        statements.retain(|statement| statement["Action"] != json!([]));
        let policy = policy.to_string();
        let put = [
            "iam",
            "put-user-policy",
            "--user-name",
            name,
            "--policy-name",
            "replay",
        ];
        aws(stage, &[&put[..], &["--policy-document", &policy]].concat())?;
        let mut command = command(stage);
        command
            .args(["replay", "--spotmanager-stack", name, "--yes"])
            .env("AWS_ACCESS_KEY_ID", key("AccessKeyId"))
            .env("AWS_SECRET_ACCESS_KEY", key("SecretAccessKey"));
        let ran = finish(command)?.expect_code(code)?;
        ran.expect_error(lacks)?;
        let left = queue.count().await?;
        ensure!(left == u64::from(code != 0), "{left}: {ran:?}");
    }
    let started = deployed.executions.list().await?;
    ensure!(started.len() == 1, "{started:?}");
    Ok(())
}

/// A SpotManager that hears of nothing but its letters, and the two groups that it serves.
async fn deploy(stage: &Stage, workers: &str) -> Result<SpotManager> {
    deploy_template(stage, workers, &template(stage)?.clone(), &[]).await
}

async fn deploy_template(
    stage: &Stage,
    workers: &str,
    template: &Value,
    parameters: &[(&str, &str)],
) -> Result<SpotManager> {
    stage.upload().await?;
    let instance_type = format!("t.{workers}");
    stage.price(&instance_type, "0.20")?;
    stage
        .groups(workers, &[("InstanceType", &instance_type)])
        .await?;
    let mut all = vec![
        ("ReturnToSpot", "off"),
        ("ReplaceLostCapacity", "false"),
        // With a queue a tick starts an execution that reads it.
        ("QueueLogicalId", "queue"),
    ];
    all.retain(|(name, _)| parameters.iter().all(|(given, _)| given != name));
    all.extend_from_slice(parameters);
    let name = format!("{workers}-sm");
    SpotManager::deploy_template(&stage.config, &template.to_string(), &name, workers, &all).await
}

fn remove(template: &mut Value, resource: &str) -> Result<()> {
    let resources = template["Resources"].as_object_mut();
    let removed = resources.and_then(|resources| resources.remove(resource));
    removed.map(drop).with_context(|| format!("no {resource}"))
}

fn replay(stage: &Stage, stack: &str, more: &[&str]) -> Result<Ran> {
    run(
        stage,
        &[&["replay", "--spotmanager-stack", stack][..], more].concat(),
    )
}

fn json_of(stage: &Stage, stack: &str, more: &[&str], code: i32) -> Result<Value> {
    let ran = replay(stage, stack, &[more, &["--output", "json"]].concat())?;
    as_json(&ran.expect_code(code)?.out)
}

/// What the AWS CLI prints.
fn aws(stage: &Stage, arguments: &[&str]) -> Result<String> {
    let mut aws = Command::new(stage.checkout.tool("aws")?);
    aws.args(arguments).envs(stage.local.environment());
    Ok(finish(aws)?.expect_code(0)?.out.trim().to_owned())
}

/// The search path with a folder before all others.
fn path_with(folder: Option<&std::path::Path>) -> Result<std::ffi::OsString> {
    let mut folders = vec![folder.context("no folder")?.to_owned()];
    folders.extend(std::env::split_paths(
        &std::env::var_os("PATH").unwrap_or_default(),
    ));
    Ok(std::env::join_paths(folders)?)
}

/// The dead-letter queue of a deployment.
struct DeadLetters {
    client: Client,
    url: String,
}

impl DeadLetters {
    fn of(stage: &Stage, deployed: &SpotManager) -> Result<Self> {
        Ok(Self {
            client: Client::new(&stage.config),
            url: deployed.stack.output("DeadLetterQueueUrl")?.to_owned(),
        })
    }

    async fn send(&self, body: &str, attributes: &[(&str, &str)]) -> Result<()> {
        let mut message = self
            .client
            .send_message()
            .queue_url(&self.url)
            .message_body(body);
        for (name, value) in attributes {
            let value = MessageAttributeValue::builder()
                .data_type("String")
                .string_value(*value);
            message = message.message_attributes(*name, value.build()?);
        }
        message.send().await?;
        Ok(())
    }

    /// How many messages the queue holds, hidden ones included.
    async fn count(&self) -> Result<u64> {
        let names = [
            QueueAttributeName::ApproximateNumberOfMessages,
            QueueAttributeName::ApproximateNumberOfMessagesNotVisible,
        ];
        let asked = self.client.get_queue_attributes().queue_url(&self.url);
        let answer = asked
            .set_attribute_names(Some(names.to_vec()))
            .send()
            .await?;
        let mut count = 0;
        for name in &names {
            let held = answer
                .attributes()
                .and_then(|attributes| attributes.get(name));
            count += held.context("no count")?.parse::<u64>()?;
        }
        Ok(count)
    }

    async fn holds(&self, messages: u64) -> Result<()> {
        poll("dead letters", LONG_PATIENCE, async || {
            Ok((self.count().await? == messages).then_some(()))
        })
        .await
    }
}
