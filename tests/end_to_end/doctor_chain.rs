//! The doctor proves the chain from the alarm to the state machine: each link is broken with the
//! AWS CLI, named where it is broken, and held again by the fix that the doctor prints.

use std::process::Command;

use anyhow::{Context, Result, ensure};
use serde_json::{Value, json};
use spotmanager_testbed::{BUCKET, Stage, Suite, as_json, expect, expect_schema, write_package};

use crate::{
    command::{command, finish, run, schema},
    workers::{Farm, expect_last},
};

const CODE_BROKEN: i32 = 1;

pub(crate) fn add(suite: &mut Suite) {
    suite.test(
        "doctor: each broken link of the chain is named, and its fix holds when it is pasted",
        async |stage| {
            let farm = Farm::deploy(stage, "chain").await?;
            farm.price("0.20")?;
            let chain = Chain::of(&farm)?;
            chain.expect_whole()?;
            for broken in broken_links(&chain) {
                chain.shell(&broken.by)?;
                let document = chain.expect_broken(&broken)?;
                chain.shell(fix_of(&document, broken.rule)?)?;
                chain.expect_whole()?;
            }
            // What the doctor calls whole starts an execution.
            expect_last(&farm.job().await?, "CapacityArrived")
        },
    );
    suite.test(
        "doctor: what was deleted is named, and the links after it are looked at",
        async |stage| {
            let farm = Farm::deploy(stage, "chain-gone").await?;
            farm.price("0.20")?;
            let chain = Chain::of(&farm)?;
            for (by, link, rule) in deletions(&chain) {
                chain.shell(&by)?;
                let document = chain.doctor(CODE_BROKEN)?;
                expect_link(&document, link, "broken")?;
                fix_of(&document, rule)?;
            }
            let document = chain.doctor(CODE_BROKEN)?;
            for (link, state) in [
                ("alarm", "ok"),
                ("topic", "broken"),
                ("topic_policy", "not_checked"),
                ("subscription", "not_checked"),
                ("permission", "not_checked"),
                ("function", "broken"),
                ("state_machine", "broken"),
                ("functions", "not_checked"),
                ("executions", "not_checked"),
            ] {
                expect_link(&document, link, state)?;
            }
            Ok(())
        },
    );
    suite.test(
        "doctor: a link that the caller may not read is not checked, and the others are",
        async |stage| {
            let farm = Farm::deploy(stage, "chain-denied").await?;
            farm.price("0.20")?;
            let chain = Chain::of(&farm)?;
            let documented = chain.caller("documented", &[])?;
            let ran = chain.run(&documented, &[])?.expect_code(0)?;
            ran.expect_out(&["nothing keeps SpotManager from working"])?;

            let without = ["lambda:GetPolicy", "sns:GetTopicAttributes"];
            let caller = chain.caller("narrowed", &without)?;
            let ran = chain.run(&caller, &["--output", "json"])?.expect_code(0)?;
            let document = as_json(&ran.out)?;
            expect_schema(&schema(stage, "doctor")?, &document)?;
            for (link, state, action) in [
                ("alarm", "ok", None),
                ("topic", "not_checked", Some("sns:GetTopicAttributes")),
                (
                    "topic_policy",
                    "not_checked",
                    Some("sns:GetTopicAttributes"),
                ),
                ("subscription", "ok", None),
                ("permission", "not_checked", Some("lambda:GetPolicy")),
                ("function", "ok", None),
                ("state_machine", "ok", None),
            ] {
                let found = expect_link(&document, link, state)?;
                expect(found, "/missing_action", action)?;
            }
            let told = chain.run(&caller, &[])?.expect_code(0)?;
            told.expect_out(&[
                "0 errors",
                "lambda:GetPolicy was refused",
                "no error and no warning; not looked at: topic (sns:GetTopicAttributes was refused",
                "permission (lambda:GetPolicy was refused",
            ])?;
            ensure!(!told.out.contains("nothing keeps"), "{}", told.out);
            Ok(())
        },
    );
    suite.test(
        "doctor: a topic that a deployment replaces is warned of, and the alarm that names the old one found",
        async |stage| {
            let farm = Farm::deploy(stage, "replaced").await?;
            farm.price("0.20")?;
            let chain = Chain::of(&farm)?;
            let package = tempfile::tempdir()?;
            write_package(&stage.checkout, package.path())?;
            let deployed = run(
                stage,
                &[
                    "deploy",
                    "--spotmanager-stack",
                    &chain.spotmanager,
                    "--package",
                    package.path().to_str().context("no path")?,
                    "--s3-bucket",
                    BUCKET,
                    "--parameter-overrides",
                    "TopicSuffix=-more-jobs",
                    "--yes",
                ],
            )?;
            let deployed = deployed.expect_code(0)?;
            deployed.expect_error(&["warning: the change replaces jobsTopic", &chain.topic])?;

            let document = chain.doctor(CODE_BROKEN)?;
            let fix = fix_of(&document, "TOPIC_GONE")?;
            ensure!(fix.contains("replaced-workers-more-jobs"), "{fix}");
            fix_of(&document, "JOBS_ALARM_MISSING")?;
            expect_link(&document, "alarm", "broken")?;
            for link in ["topic", "subscription", "permission", "function", "state_machine"] {
                expect_link(&document, link, "ok")?;
            }
            Ok(())
        },
    );
    suite.test(
        "doctor: an alarm that scales down under held jobs is found, and a queue whose metrics sleep",
        async |stage| {
            let farm = Farm::deploy(stage, "held").await?;
            farm.price("0.20")?;
            let chain = Chain::of(&farm)?;
            let document = chain.doctor(0)?;
            expect_finding(&document, "QUEUE_METRICS_SLEEP", "note")?;
            expect(&document, "/counts/warning", 0)?;
            chain.shell(
                r#"
                alarms=$(aws cloudwatch describe-alarms --query 'MetricAlarms[].[AlarmName]' --output text)
                alarm=$(grep held-workers <<< "$alarms" | grep -i NoMoreJobs)
                actions=$(aws cloudwatch describe-alarms --alarm-names "$alarm"                   --query 'MetricAlarms[0].AlarmActions' --output text)
                queue=$(aws cloudwatch describe-alarms --alarm-names "$alarm" --output text                   --query 'MetricAlarms[0].Metrics[?Id==`visible`].MetricStat.Metric.Dimensions[0].Value')
                aws cloudwatch put-metric-alarm --alarm-name "$alarm" --namespace AWS/SQS                   --metric-name ApproximateNumberOfMessagesVisible --statistic Maximum                   --dimensions "Name=QueueName,Value=$queue" --period 10 --evaluation-periods 5                   --threshold 0 --comparison-operator LessThanOrEqualToThreshold                   --alarm-actions $actions
                "#,
            )?;
            let document = chain.doctor(0)?;
            expect_finding(&document, "HELD_JOBS_NOT_COUNTED", "warning")
        },
    );
}

/// A way to break a link, a line for a shell, with the rule that finds it.
struct Broken {
    by: String,
    link: &'static str,
    rule: &'static str,
}

/// What is broken and held again, one after the other.
fn broken_links(chain: &Chain<'_>) -> Vec<Broken> {
    let Chain {
        alarm,
        topic,
        subscription,
        permission,
        function,
        ..
    } = chain;
    let other_account = json!({"Version": "2012-10-17", "Statement": [{
        "Effect": "Allow", "Principal": {"Service": "cloudwatch.amazonaws.com"},
        "Action": "sns:Publish", "Resource": "*",
        "Condition": {"StringEquals": {"aws:SourceAccount": "444455556666"}},
    }]});
    let set_topic = format!("aws sns set-topic-attributes --topic-arn {topic}");
    let remove = format!(
        "aws lambda remove-permission --function-name {function} --statement-id {permission}"
    );
    // As a release had it: SNS sends Lambda no account, so that this permits nothing.
    let with_account = format!(
        "aws lambda add-permission --function-name {function} --statement-id {permission} \
         --action lambda:InvokeFunction --principal sns.amazonaws.com --source-arn {topic} \
         --source-account 000000000000"
    );
    [
        (
            format!("aws cloudwatch disable-alarm-actions --alarm-names {alarm}"),
            "alarm",
            "ACTIONS_DISABLED",
        ),
        (
            format!("{set_topic} --attribute-name KmsMasterKeyId --attribute-value alias/aws/sns"),
            "topic",
            "TOPIC_KEY_OF_AWS",
        ),
        (
            format!("{set_topic} --attribute-name Policy --attribute-value '{other_account}'"),
            "topic_policy",
            "ALARM_MAY_NOT_PUBLISH",
        ),
        (
            format!(
                "aws sns set-subscription-attributes --subscription-arn {subscription} \
                 --attribute-name FilterPolicy --attribute-value '{}'",
                json!({"kind": ["job"]})
            ),
            "subscription",
            "SUBSCRIPTION_FILTERS",
        ),
        (
            format!("aws sns unsubscribe --subscription-arn {subscription}"),
            "subscription",
            "SUBSCRIPTION_MISSING",
        ),
        (
            format!("{remove} && {with_account}"),
            "permission",
            "TOPIC_MAY_NOT_INVOKE",
        ),
        (remove, "permission", "TOPIC_MAY_NOT_INVOKE"),
        (
            format!(
                "aws lambda put-function-concurrency --function-name {function} \
                 --reserved-concurrent-executions 0"
            ),
            "function",
            "FUNCTION_WITHOUT_CONCURRENCY",
        ),
    ]
    .map(|(by, link, rule)| Broken { by, link, rule })
    .into()
}

/// What is deleted for good, the last link first.
fn deletions(chain: &Chain<'_>) -> [(String, &'static str, &'static str); 3] {
    let Chain {
        topic,
        function,
        state_machine,
        ..
    } = chain;
    [
        (
            format!("aws stepfunctions delete-state-machine --state-machine-arn {state_machine}"),
            "state_machine",
            "STATE_MACHINE_GONE",
        ),
        (
            format!("aws lambda delete-function --function-name {function}"),
            "function",
            "FUNCTION_GONE",
        ),
        (
            format!("aws sns delete-topic --topic-arn {topic}"),
            "topic",
            "TOPIC_GONE",
        ),
    ]
}

/// A deployed chain, with what its links are called.
pub(crate) struct Chain<'a> {
    pub(crate) stage: &'a Stage,
    pub(crate) workers: String,
    pub(crate) spotmanager: String,
    alarm: String,
    topic: String,
    subscription: String,
    permission: String,
    pub(crate) function: String,
    pub(crate) state_machine: String,
}

impl<'a> Chain<'a> {
    pub(crate) fn of(farm: &Farm<'a>) -> Result<Self> {
        let stack = &farm.spot_manager.stack;
        let mut chain = Self {
            stage: farm.stage,
            workers: farm.workers.stack.name.clone(),
            spotmanager: stack.name.clone(),
            alarm: String::new(),
            topic: stack.output("JobsTopicArn")?.to_owned(),
            subscription: String::new(),
            permission: String::new(),
            function: stack.output("StartFunctionName")?.to_owned(),
            state_machine: stack.output("StateMachineArn")?.to_owned(),
        };
        let document = chain.doctor(0)?;
        let subject = |link| -> Result<String> {
            let link = expect_link(&document, link, "ok")?;
            Ok(link["subject"].as_str().context("no subject")?.to_owned())
        };
        (chain.alarm, chain.subscription) = (subject("alarm")?, subject("subscription")?);
        chain.permission = chain.sns_permission()?;
        Ok(chain)
    }

    /// The id of the statement that lets SNS invoke the function.
    fn sns_permission(&self) -> Result<String> {
        let get = format!("aws lambda get-policy --function-name {}", self.function);
        let policy = as_json(&self.shell(&get)?)?;
        let policy = as_json(policy["Policy"].as_str().context("no policy")?)?;
        let statements = policy["Statement"].as_array().context("no statements")?;
        let of_sns = statements
            .iter()
            .find(|statement| statement["Principal"]["Service"] == "sns.amazonaws.com");
        let of_sns = of_sns.with_context(|| format!("none for SNS in {policy}"))?;
        Ok(of_sns["Sid"].as_str().context("no id")?.to_owned())
    }

    pub(crate) fn run(
        &self,
        environment: &[(&str, String)],
        more: &[&str],
    ) -> Result<crate::command::Ran> {
        let mut doctor = command(self.stage);
        doctor
            .args(["doctor", "--stack", &self.workers])
            .args(["--spotmanager-stack", &self.spotmanager])
            .args(more);
        for (name, value) in environment {
            doctor.env(name, value);
        }
        finish(doctor)
    }

    pub(crate) fn doctor(&self, code: i32) -> Result<Value> {
        let ran = self.run(&[], &["--output", "json"])?.expect_code(code)?;
        let document = as_json(&ran.out)?;
        expect_schema(&schema(self.stage, "doctor")?, &document)?;
        Ok(document)
    }

    pub(crate) fn expect_whole(&self) -> Result<()> {
        let document = self.doctor(0)?;
        let links = document["chain"].as_array().context("no chain")?;
        ensure!(links.len() == 14, "{document:#}");
        // Another test's group may have made a letter while a link was broken.
        let is_ok = |link: &Value| link["state"] == "ok" || link["link"] == "dead_letters";
        ensure!(links.iter().all(is_ok), "{document:#}");
        expect(&document, "/not_checked", json!([]))
    }

    /// Expects one broken link, found by one rule, and no other.
    fn expect_broken(&self, broken: &Broken) -> Result<Value> {
        let document = self.doctor(CODE_BROKEN)?;
        expect_link(&document, broken.link, "broken")?;
        let links = document["chain"].as_array().context("no chain")?;
        let others = links
            .iter()
            .filter(|link| link["link"] != broken.link && link["link"] != "dead_letters");
        for link in others {
            expect(link, "/state", "ok")?;
        }
        expect(&document, "/counts/error", 1)?;
        Ok(document)
    }

    /// Runs a line as a person pastes it into a shell that has the AWS CLI.
    pub(crate) fn shell(&self, line: &str) -> Result<String> {
        let aws = self.stage.checkout.tool("aws")?;
        // Version 1 of the CLI does not heed AWS_ENDPOINT_URL for every service.
        let function = r#"aws() { "$AWS_PROGRAM" --endpoint-url "$AWS_ENDPOINT_URL" "$@"; }"#;
        let output = Command::new("bash")
            .args(["-euo", "pipefail", "-c"])
            .arg(format!("{function}\n{line}"))
            .envs(self.stage.local.environment())
            .env("AWS_PROGRAM", aws)
            .env("AWS_CONFIG_FILE", "/dev/null")
            .env("AWS_PAGER", "")
            .output()?;
        ensure!(output.status.success(), "{line}: {output:?}");
        Ok(String::from_utf8(output.stdout)?)
    }

    /// The credentials of a user with the policy that the page of the command has, without some of
    /// its actions.
    fn caller(&self, name: &str, without: &[&str]) -> Result<Vec<(&'static str, String)>> {
        let page = self.stage.checkout.read("docs/how-to/command.md")?;
        let block = page
            .split("```json\n")
            .find(|block| block.contains("Chain"));
        let block = block.and_then(|block| block.split("```").next());
        let mut policy = as_json(block.context("no policy on the page")?)?;
        let statements = policy["Statement"]
            .as_array_mut()
            .context("no statements")?;
        for statement in statements {
            let actions = statement["Action"].as_array_mut().context("no actions")?;
            actions.retain(|action| !without.iter().any(|other| action == other));
        }
        let user = format!("{}-{name}", self.spotmanager);
        self.shell(&format!("aws iam create-user --user-name {user}"))?;
        self.shell(&format!(
            "aws iam put-user-policy --user-name {user} --policy-name doctor --policy-document '{policy}'"
        ))?;
        let key = self.shell(&format!("aws iam create-access-key --user-name {user}"))?;
        let key = as_json(&key)?;
        let field = |name: &str| -> Result<String> {
            let value = key["AccessKey"][name].as_str();
            Ok(value.context("no access key")?.to_owned())
        };
        Ok(vec![
            ("AWS_ACCESS_KEY_ID", field("AccessKeyId")?),
            ("AWS_SECRET_ACCESS_KEY", field("SecretAccessKey")?),
        ])
    }
}

/// The link, which must be in this state.
pub(crate) fn expect_link<'d>(document: &'d Value, link: &str, state: &str) -> Result<&'d Value> {
    let links = document["chain"].as_array().context("no chain")?;
    let found = links.iter().find(|found| found["link"] == link);
    let found = found.with_context(|| format!("no {link} in {document:#}"))?;
    ensure!(
        found["state"] == state,
        "{link} is not {state}: {document:#}"
    );
    Ok(found)
}

pub(crate) fn expect_finding(document: &Value, rule: &str, severity: &str) -> Result<()> {
    let findings = document["findings"].as_array().context("no findings")?;
    let found = findings.iter().find(|finding| finding["rule"] == rule);
    let found = found.with_context(|| format!("no {rule} in {document:#}"))?;
    expect(found, "/severity", severity)
}

/// The fix of the error that a rule found.
pub(crate) fn fix_of<'d>(document: &'d Value, rule: &str) -> Result<&'d str> {
    let findings = document["findings"].as_array().context("no findings")?;
    let found = findings
        .iter()
        .find(|finding| finding["rule"] == rule && finding["severity"] == "error");
    let found = found.with_context(|| format!("no {rule} in {document:#}"))?;
    found["fix"].as_str().context("no fix")
}
