//! The doctor looks at what no alarm passes: the machine's functions and their rights, schedule,
//! rule, dead letters, the address for operations, and executions that failed. Each is broken with
//! the AWS CLI, named, and held again by the fix as it is pasted.

use anyhow::{Context, Result, ensure};
use serde_json::Value;
use spotmanager_testbed::{Suite, as_json, expect, poll};

use crate::{
    doctor_chain::{Chain, expect_finding, expect_link, fix_of},
    workers::{Farm, PATIENCE},
};

/// Seldom enough to start no execution meanwhile.
const SELDOM: [(&str, &str); 3] = [
    ("ReturnToSpot", "on"),
    ("ReturnToSpotRate", "rate(30 days)"),
    ("ReplaceLostCapacity", "true"),
];
const CODE_BROKEN: i32 = 1;

pub(crate) fn add(suite: &mut Suite) {
    suite.test(
        "doctor: schedule, rule, functions and rights are looked at, and their fixes hold when they are pasted",
        async |stage| {
            let farm = Farm::deploy_with(stage, "operation", "1", &SELDOM).await?;
            farm.price("0.20")?;
            let chain = Chain::of(&farm)?;
            chain.expect_whole()?;
            let told = chain.run(&[], &[])?.expect_code(0)?;
            told.expect_out(&["17 of 19 checks passed\n", "14 of 14 links ok"])?;
            for (by, link, rule) in broken(&chain)? {
                chain.shell(&by)?;
                let document = chain.doctor(CODE_BROKEN)?;
                expect_link(&document, link, "broken")?;
                expect(&document, "/counts/error", 1)?;
                chain.shell(fix_of(&document, rule)?)?;
                chain.expect_whole()?;
            }
            Ok(())
        },
    );
    suite.test(
        "doctor: a function, a schedule or a rule that was deleted is named",
        async |stage| {
            let farm = Farm::deploy_with(stage, "operation-gone", "1", &SELDOM).await?;
            farm.price("0.20")?;
            let chain = Chain::of(&farm)?;
            let (sm, rule) = (&chain.spotmanager, subject(&chain, "rule")?);
            // As Lambda does, the local AWS shows a function as active while it is updated.
            let updated = chain.shell(&format!(
                "aws lambda update-function-configuration --function-name {sm}-verify --timeout 29 >/dev/null
                 aws lambda get-function-configuration --function-name {sm}-verify --query '[State, StateReasonCode]' --output text"
            ))?;
            ensure!(updated.trim() == "Active\tNone", "{updated}");
            for (by, link, found) in [
                (
                    format!("aws lambda delete-function --function-name {sm}-verify"),
                    "functions",
                    "FUNCTION_GONE",
                ),
                (
                    format!("aws scheduler delete-schedule --group-name {sm} --name return-to-spot"),
                    "schedule",
                    "SCHEDULE_GONE",
                ),
                (
                    format!("aws events remove-targets --rule {rule} --ids start && aws events delete-rule --name {rule}"),
                    "rule",
                    "RULE_GONE",
                ),
            ] {
                chain.shell(&by)?;
                let document = chain.doctor(CODE_BROKEN)?;
                expect_link(&document, link, "broken")?;
                fix_of(&document, found)?;
            }
            Ok(())
        },
    );
    suite.test(
        "doctor: what LaunchInstances needs of groups and role is found, and holds once it is given",
        async |stage| {
            let launches = [("LaunchBy", "launch-instances")];
            let parameters = [&SELDOM[..], &launches].concat();
            let farm = Farm::deploy_with(stage, "operation-launches", "2", &parameters).await?;
            farm.price("0.20")?;
            let chain = Chain::of(&farm)?;
            let refused = fixes(&chain.doctor(0)?, "LAUNCH_INSTANCES_REFUSED")?;
            ensure!(refused.len() == 2, "{refused:?}");
            for fix in refused {
                chain.shell(&fix)?;
            }
            let document = chain.doctor(0)?;
            let refused = fixes(&document, "LAUNCH_INSTANCES_REFUSED")?;
            ensure!(refused.is_empty(), "{document:#}");
            let fix = fix_of_warning(&document, "LAUNCH_RIGHTS_MISSING")?;
            let templates = fix.strip_prefix("Set LaunchTemplateArns to ");
            let templates = templates.and_then(|fix| fix.strip_suffix('.'));
            let templates = templates.with_context(|| fix.to_owned())?;
            let given = [
                ("LaunchBy", "launch-instances"),
                // The AWS CLI splits a value at its commas.
                ("LaunchTemplateArns", &templates.replace(',', "\\,")),
            ];
            update(&chain, &given)?;
            chain.expect_whole()?;
            let document = chain.doctor(0)?;
            let missing = fixes(&document, "LAUNCH_RIGHTS_MISSING")?;
            ensure!(missing.is_empty(), "{document:#}");
            let policy = format!(
                "aws iam delete-role-policy --role-name \"$(aws lambda get-function-configuration --function-name {}-scale --query Role --output text | sed 's|.*/||')\" --policy-name launches",
                chain.spotmanager
            );
            chain.shell(&policy)?;
            let document = chain.doctor(0)?;
            expect_link(&document, "functions", "warning")?;
            fix_of_warning(&document, "ROLE_LACKS_PERMISSION")?;
            Ok(())
        },
    );
    suite.test(
        "doctor: dead letters, an address that is not confirmed and executions that failed are warned of",
        async |stage| {
            let email = [("OperationsEmail", "operations@example.com")];
            let parameters = [&SELDOM[..], &email].concat();
            let farm = Farm::deploy_with(stage, "operation-warned", "1", &parameters).await?;
            farm.price("0.20")?;
            let chain = Chain::of(&farm)?;
            let document = chain.doctor(0)?;
            expect_link(&document, "email", "warning")?;
            expect_finding(&document, "EMAIL_NOT_CONFIRMED", "warning")?;

            let queue = farm.spot_manager.stack.output("DeadLetterQueueUrl")?;
            chain.shell(&format!(
                "aws sqs send-message --queue-url {queue} --message-body '{{}}'"
            ))?;
            let document = chain.doctor(0)?;
            expect_link(&document, "dead_letters", "warning")?;
            let fix = fix_of_warning(&document, "DEAD_LETTERS")?;
            let replay = format!("spotmanager replay --spotmanager-stack {}", chain.spotmanager);
            ensure!(fix == replay, "{fix}");

            let started = chain.shell(&format!(
                "aws stepfunctions start-execution --state-machine-arn {} --input '{{\"stack_name\": \"9\"}}'",
                chain.state_machine
            ))?;
            let started = as_json(&started)?;
            let arn = started["executionArn"].as_str().context("no ARN")?;
            let document = poll("the failed execution", PATIENCE, async || {
                let document = chain.doctor(0)?;
                let is_found = expect_link(&document, "executions", "warning").is_ok();
                Ok(is_found.then_some(document))
            })
            .await?;
            let fix = fix_of_warning(&document, "EXECUTIONS_FAILED")?;
            ensure!(fix == format!("spotmanager explain {arn}"), "{fix}");
            let told = chain.run(&[], &[])?.expect_code(0)?;
            told.expect_out(&["no error\n", "holds 1 message", "SpotManager.InvalidInput"])?;
            ensure!(!told.out.contains("nothing keeps"), "{}", told.out);
            Ok(())
        },
    );
}

/// What is broken and held again, one after the other.
fn broken(chain: &Chain<'_>) -> Result<Vec<(String, &'static str, &'static str)>> {
    let (sm, function) = (&chain.spotmanager, &chain.function);
    let rule = subject(chain, "rule")?;
    let role = chain.shell(&format!(
        "aws stepfunctions describe-state-machine --state-machine-arn {} --query roleArn --output text",
        chain.state_machine
    ))?;
    let role = role.trim().rsplit('/').next().unwrap_or_default();
    let (permission, [start, schedule_role]) = (events_permission(chain)?, target(chain)?);
    let target = format!("Arn={start},RoleArn={schedule_role}");
    let update = |state: &str, target: &str| {
        format!(
            "aws scheduler update-schedule --group-name {sm} --name return-to-spot --state {state} \
             --schedule-expression 'rate(30 days)' --flexible-time-window Mode=OFF --target '{target}'"
        )
    };
    Ok(vec![
        (update("DISABLED", &target), "schedule", "SCHEDULE_DISABLED"),
        (
            update("ENABLED", &target.replace("-start", "-scale")),
            "schedule",
            "SCHEDULE_TARGETS_ANOTHER",
        ),
        (
            format!("aws events disable-rule --name {rule}"),
            "rule",
            "RULE_DISABLED",
        ),
        (
            format!("aws events remove-targets --rule {rule} --ids start"),
            "rule",
            "RULE_TARGETS_ANOTHER",
        ),
        (
            format!(
                "aws lambda remove-permission --function-name {function} --statement-id {permission}"
            ),
            "rule",
            "RULE_MAY_NOT_INVOKE",
        ),
        (
            format!(
                "aws lambda put-function-concurrency --function-name {sm}-scale --reserved-concurrent-executions 0"
            ),
            "functions",
            "FUNCTION_WITHOUT_CONCURRENCY",
        ),
        (
            format!("aws iam delete-role-policy --role-name {role} --policy-name stateMachine"),
            "functions",
            "ROLE_LACKS_PERMISSION",
        ),
    ])
}

/// What a link is about.
fn subject(chain: &Chain<'_>, link: &str) -> Result<String> {
    let document = chain.doctor(0)?;
    let subject = expect_link(&document, link, "ok")?["subject"].as_str();
    Ok(subject.context("no subject")?.to_owned())
}

/// What the schedule invokes, and under which role.
fn target(chain: &Chain<'_>) -> Result<[String; 2]> {
    let target = chain.shell(&format!(
        "aws scheduler get-schedule --group-name {} --name return-to-spot --query Target",
        chain.spotmanager
    ))?;
    let target = as_json(&target)?;
    let field = |name: &str| target[name].as_str().unwrap_or_default().to_owned();
    Ok([field("Arn"), field("RoleArn")])
}

/// The id of the statement that lets EventBridge invoke the function.
fn events_permission(chain: &Chain<'_>) -> Result<String> {
    let get = format!("aws lambda get-policy --function-name {}", chain.function);
    let policy = as_json(&chain.shell(&get)?)?;
    let policy = as_json(policy["Policy"].as_str().context("no policy")?)?;
    let statements = policy["Statement"].as_array().context("no statements")?;
    let of_events = statements
        .iter()
        .find(|statement| statement["Principal"]["Service"] == "events.amazonaws.com");
    let sid = of_events.context("none for EventBridge")?["Sid"].as_str();
    Ok(sid.context("no id")?.to_owned())
}

/// Updates SpotManager's stack to these parameters, the others as they are.
fn update(chain: &Chain<'_>, given: &[(&str, &str)]) -> Result<()> {
    let stack = &chain.spotmanager;
    let described = chain.shell(&format!(
        "aws cloudformation describe-stacks --stack-name {stack} --query 'Stacks[0].Parameters[].ParameterKey'"
    ))?;
    let keys = as_json(&described)?;
    let parameters = keys
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(Value::as_str);
    let parameters: Vec<_> = parameters
        .map(|key| match given.iter().find(|(name, _)| *name == key) {
            Some((_, value)) => format!("'ParameterKey={key},ParameterValue={value}'"),
            None => format!("ParameterKey={key},UsePreviousValue=true"),
        })
        .collect();
    chain.shell(&format!(
        "aws cloudformation update-stack --stack-name {stack} --use-previous-template --capabilities CAPABILITY_IAM --parameters {}
         aws cloudformation wait stack-update-complete --stack-name {stack}",
        parameters.join(" ")
    ))?;
    Ok(())
}

/// The fixes of everything that a rule found.
fn fixes(document: &Value, rule: &str) -> Result<Vec<String>> {
    let findings = document["findings"].as_array().context("no findings")?;
    let found = findings.iter().filter(|finding| finding["rule"] == rule);
    let fixes = found.map(|finding| Ok(finding["fix"].as_str().context("no fix")?.to_owned()));
    fixes.collect()
}

fn fix_of_warning<'d>(document: &'d Value, rule: &str) -> Result<&'d str> {
    let findings = document["findings"].as_array().context("no findings")?;
    let found = findings.iter().find(|finding| finding["rule"] == rule);
    let found = found.with_context(|| format!("no {rule} in {document:#}"))?;
    expect(found, "/severity", "warning")?;
    found["fix"].as_str().context("no fix")
}
