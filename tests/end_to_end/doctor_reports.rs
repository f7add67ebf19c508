//! The doctor looks at the role of each function and at what reports failures: nothing is well if an
//! execution cannot do its work, or if nobody hears that it failed.

use anyhow::{Context, Result, ensure};
use spotmanager_testbed::{Suite, as_json, expect};

use crate::{
    doctor_chain::{Chain, expect_finding, expect_link, fix_of},
    workers::Farm,
};

const CODE_BROKEN: i32 = 1;
/// Seldom enough to start no execution meanwhile.
const SELDOM: [(&str, &str); 2] = [
    ("ReturnToSpot", "on"),
    ("ReturnToSpotRate", "rate(30 days)"),
];

pub(crate) fn add(suite: &mut Suite) {
    suite.test(
        "doctor: a role without its policy is found for each function, and the fix gives it back",
        async |stage| {
            let farm = Farm::deploy_with(stage, "doctor-roles", "1", &SELDOM).await?;
            farm.price("0.20")?;
            let chain = Chain::of(&farm)?;
            chain.expect_whole()?;
            for step in ["discover", "evaluate", "scale", "verify"] {
                let role = role_of(&chain, step)?;
                chain.shell(&format!(
                    "aws iam delete-role-policy --role-name {role} --policy-name {step}"
                ))?;
                let document = chain.doctor(CODE_BROKEN)?;
                let link = expect_link(&document, "functions", "broken")?;
                let detail = link["detail"].as_str().unwrap_or_default();
                let lacks = format!("the role of {step} lacks ");
                ensure!(detail.starts_with(&lacks), "{detail}");
                expect(&document, "/counts/error", 1)?;
                chain.shell(fix_of(&document, "ROLE_LACKS_PERMISSION")?)?;
                chain.expect_whole()?;
            }
            let role = physical_id(&chain, "notificationsRole")?;
            chain.shell(&format!(
                "aws iam delete-role-policy --role-name {role} --policy-name notifications"
            ))?;
            let document = chain.doctor(0)?;
            expect_link(&document, "notifications", "warning")?;
            expect_finding(&document, "ROLE_LACKS_PERMISSION", "warning")
        },
    );
    suite.test(
        "doctor: an alarm, a topic or a rule that no longer reports is warned of",
        async |stage| {
            let farm = Farm::deploy_with(stage, "doctor-reports", "1", &SELDOM).await?;
            farm.price("0.20")?;
            let chain = Chain::of(&farm)?;
            let stack = &farm.spot_manager.stack;
            for alarm in [
                "deadLetterAlarm",
                "failedExecutionsAlarm",
                "timedOutExecutionsAlarm",
            ] {
                let name = physical_id(&chain, alarm)?;
                let delete = format!("aws cloudwatch delete-alarms --alarm-names {name}");
                let disable =
                    format!("aws cloudwatch disable-alarm-actions --alarm-names {name}");
                for (by, rule) in [
                    (delete, "FAILURE_ALARM_GONE"),
                    (disable, "FAILURE_ALARM_SILENT"),
                ] {
                    chain.shell(&by)?;
                    let document = chain.doctor(0)?;
                    expect_link(&document, "notifications", "warning")?;
                    expect_finding(&document, rule, "warning")?;
                    expect(&document, "/counts/warning", 1)?;
                    let fix = &document["findings"][0]["fix"];
                    chain.shell(fix.as_str().context("no fix")?)?;
                    chain.expect_whole()?;
                }
            }
            let rule = physical_id(&chain, "notificationsRule")?;
            let delete_rule = format!(
                "aws events remove-targets --rule {rule} --ids notifications && aws events delete-rule --name {rule}"
            );
            let topic = |output: &str| -> Result<String> {
                let arn = stack.output(output)?;
                Ok(format!("aws sns delete-topic --topic-arn {arn}"))
            };
            for (by, rule) in [
                (delete_rule, "NOTIFICATION_RULE_GONE"),
                (topic("NotificationsTopicArn")?, "NOTIFICATION_TOPIC_GONE"),
                (topic("OperationsTopicArn")?, "NOTIFICATION_TOPIC_GONE"),
            ] {
                let before = chain.doctor(0)?["counts"]["warning"].as_u64();
                chain.shell(&by)?;
                let document = chain.doctor(0)?;
                expect_finding(&document, rule, "warning")?;
                expect(&document, "/counts/warning", before.map(|count| count + 1))?;
            }
            // The fix that deletes the stack keeps its parameters first, as deploy takes them.
            let document = chain.doctor(0)?;
            let findings = document["findings"].as_array().context("no findings")?;
            let fixes = findings.iter().filter_map(|one| one["fix"].as_str());
            let fix = fixes.into_iter().find(|fix| fix.contains("delete-stack"));
            let keep = fix.and_then(|fix| fix.split_once("sets itself: "));
            let keep = keep.and_then(|(_, rest)| rest.split_once(" > "));
            let kept = as_json(&chain.shell(keep.context("no command")?.0)?)?;
            let kept = kept.as_array().context("no parameters")?;
            let has = |key: &str| kept.iter().any(|one| one["ParameterKey"] == key);
            ensure!(has("WorkersStackName"), "{kept:?}");
            for own in ["ArtifactBucket", "ArtifactPrefix", "Architecture"] {
                ensure!(!has(own), "{own} in {kept:?}");
            }
            let told = chain.run(&[], &[])?.expect_code(0)?;
            ensure!(!told.out.contains("nothing keeps"), "{}", told.out);
            Ok(())
        },
    );
    suite.test(
        "doctor: a rule that takes fewer events of lost capacity is found, and its fix holds",
        async |stage| {
            let replaces = [("ReplaceLostCapacity", "true")];
            let parameters = [&SELDOM[..], &replaces].concat();
            let farm = Farm::deploy_with(stage, "doctor-pattern", "1", &parameters).await?;
            farm.price("0.20")?;
            let chain = Chain::of(&farm)?;
            let rule = physical_id(&chain, "lostCapacityRule")?;
            chain.shell(&format!(
                r#"aws events put-rule --name {rule} --event-pattern '{{"source": ["aws.ec2"]}}'"#
            ))?;
            let document = chain.doctor(CODE_BROKEN)?;
            expect_link(&document, "rule", "broken")?;
            chain.shell(fix_of(&document, "RULE_MISSES_EVENTS")?)?;
            chain.expect_whole()
        },
    );
}

/// The name of a function's role.
fn role_of(chain: &Chain<'_>, step: &str) -> Result<String> {
    let arn = chain.shell(&format!(
        "aws lambda get-function-configuration --function-name {}-{step} --query Role --output text",
        chain.spotmanager
    ))?;
    let name = arn.trim().rsplit('/').next();
    Ok(name.context("no role")?.to_owned())
}

/// The name of a resource of SpotManager's stack.
fn physical_id(chain: &Chain<'_>, logical_id: &str) -> Result<String> {
    let id = chain.shell(&format!(
        "aws cloudformation list-stack-resources --stack-name {} --output text \
         --query \"StackResourceSummaries[?LogicalResourceId=='{logical_id}'].PhysicalResourceId\"",
        chain.spotmanager
    ))?;
    Ok(id.trim().to_owned())
}
