//! The doctor before a deployment, at a deployment that is not whole, and at several pairs.

use anyhow::{Context, Result, ensure};
use serde_json::{Value, json};
use spotmanager_testbed::{Stage, Suite, as_json, expect, expect_schema};

use crate::{
    command::{run, schema},
    doctor_chain::{expect_finding, fix_of},
    shell::paste,
    workers::Farm,
};

const CODE_BROKEN: i32 = 1;

pub(crate) fn add(suite: &mut Suite) {
    suite.test(
        "doctor: before the first deployment it says what is still to come",
        async |stage| {
            stage.price("t.to-come", "0.20")?;
            let parameters = [("InstanceType", "t.to-come")];
            stage.groups("to-come", &parameters).await?;
            let arn = "arn:aws:sns:us-east-1:000000000000:to-come-jobs-to-do";
            for more in [&[][..], &["--spotmanager-stack", "to-come-sm"]] {
                let doctor = [&["doctor", "--stack", "to-come"][..], more].concat();
                let document = document(stage, &doctor, 0)?;
                expect_finding(&document, "JOBS_ALARM_MISSING", "note")?;
                let told = run(stage, &doctor)?.expect_code(0)?;
                told.expect_out(&[
                    "0 errors",
                    arn,
                    "AlarmActions",
                    "; not looked at: SpotManager's own stack",
                ])?;
                ensure!(!told.out.contains("nothing keeps"), "{}", told.out);
            }
            let alone = ["doctor", "--spotmanager-stack", "to-come-sm"];
            let told = run(stage, &alone)?.expect_code(0)?;
            told.expect_out(&["SPOTMANAGER_NOT_FOUND", "it does not exist"])?;
            ensure!(!told.out.contains("nothing keeps"), "{}", told.out);
            Ok(())
        },
    );
    suite.test(
        "doctor: a stack whose change set was never executed is named, and nothing follows from it",
        async |stage| {
            stage.price("t.review", "0.20")?;
            let parameters = [("InstanceType", "t.review")];
            stage.groups("review", &parameters).await?;
            for stack in ["review-sm", "review-workers"] {
                paste(
                    stage,
                    &format!(
                        "aws cloudformation create-change-set --stack-name {stack} --change-set-name first --change-set-type CREATE --template-body '{}'",
                        json!({"Resources": {"queue": {"Type": "AWS::SQS::Queue"}}})
                    ),
                )?
                .expect_code(0)?;
            }
            let doctor = ["doctor", "--stack", "review", "--spotmanager-stack", "review-sm"];
            let found = document(stage, &doctor, CODE_BROKEN)?;
            expect(&found, "/counts/error", 1)?;
            let fix = fix_of(&found, "SPOTMANAGER_NOT_READY")?.to_owned();

            let of_workers = document(stage, &["doctor", "--stack", "review-workers"], CODE_BROKEN)?;
            let findings = of_workers["findings"].as_array().context("no findings")?;
            ensure!(findings.len() == 1, "{of_workers:#}");
            fix_of(&of_workers, "STACK_NOT_READY")?;

            paste(stage, &fix)?.expect_code(0)?;
            let found = document(stage, &doctor, 0)?;
            expect_finding(&found, "SPOTMANAGER_NOT_FOUND", "note")
        },
    );
    suite.test(
        "doctor: every pair is examined, and a finding names its own",
        async |stage| {
            let pairs = json!([{"stack_name": "pairs-second"}]).to_string();
            let parameters = [("FurtherStacks", "pairs-*"), ("WorkerPairs", &pairs)];
            let farm = Farm::deploy_with(stage, "pairs", "1", &parameters).await?;
            farm.price("0.20")?;
            let second = [("InstanceType", "t.pairs"), ("MaxSize", "0")];
            stage.groups("pairs-second", &second).await?;
            let spotmanager = farm.spot_manager.stack.name.as_str();
            let doctor = ["doctor", "--spotmanager-stack", spotmanager];
            let found = document(stage, &doctor, CODE_BROKEN)?;
            let names: Vec<_> = found["pairs"]
                .as_array()
                .context("no pairs")?
                .iter()
                .filter_map(|pair| pair["name"].as_str())
                .collect();
            let expected = [
                "pairs-second/asgGPUSpot",
                "pairs-workers/stackGPU/asgGPUSpot",
            ];
            ensure!(names == expected, "{names:?}");
            let of_second = expected.first().copied();
            for rule in ["MAX_SIZE_ZERO", "JOBS_ALARM_MISSING"] {
                let findings = found["findings"].as_array().context("no findings")?;
                let mut of_rule = findings.iter().filter(|finding| finding["rule"] == rule);
                let is_of_second = |finding: &Value| finding["pair"].as_str() == of_second;
                ensure!(of_rule.clone().next().is_some(), "{found:#}");
                ensure!(of_rule.all(is_of_second), "{found:#}");
            }
            let told = run(stage, &doctor)?.expect_code(CODE_BROKEN)?;
            told.expect_out(&[
                "stack pairs-second: ",
                "stack pairs-workers: ",
                "stacks of FurtherStacks pairs-*",
            ])?;
            let one = [&doctor[..], &["--stack", "pairs-workers"]].concat();
            let found = document(stage, &one, 0)?;
            expect(&found, "/stack_name", "pairs-workers")
        },
    );
    suite.test(
        "doctor: a right that the caller lacks ends nothing, and is listed",
        async |stage| {
            stage.price("t.narrow", "0.20")?;
            let parameters = [("InstanceType", "t.narrow"), ("MaxSize", "0")];
            stage.groups("narrow", &parameters).await?;
            let page = stage.checkout.read("docs/how-to/command.md")?;
            let policy = page.split("```json\n").find(|block| block.contains("\"Chain\""));
            let policy = policy.and_then(|block| block.split("```").next());
            let mut policy = as_json(policy.context("no policy on the page")?)?;
            let lacks = ["cloudwatch:DescribeAlarms", "ec2:DescribeSpotPriceHistory"];
            for statement in policy["Statement"].as_array_mut().context("no statements")? {
                let actions = statement["Action"].as_array_mut().context("no actions")?;
                actions.retain(|action| !lacks.iter().any(|other| action == other));
            }
            let key = paste(
                stage,
                &format!(
                    "aws iam create-user --user-name narrow >&2 && aws iam put-user-policy --user-name narrow --policy-name doctor --policy-document '{policy}' && aws iam create-access-key --user-name narrow"
                ),
            )?
            .expect_code(0)?;
            let key = as_json(&key.out)?;
            let mut doctor = crate::command::command(stage);
            doctor.args(["doctor", "--stack", "narrow"]);
            for (variable, field) in [
                ("AWS_ACCESS_KEY_ID", "AccessKeyId"),
                ("AWS_SECRET_ACCESS_KEY", "SecretAccessKey"),
            ] {
                doctor.env(variable, key["AccessKey"][field].as_str().context("no key")?);
            }
            let told = crate::command::finish(doctor)?.expect_code(CODE_BROKEN)?;
            told.expect_out(&["MAX_SIZE_ZERO", "not looked at: "])?;
            for action in lacks {
                told.expect_out(&[&format!("{action} was refused")])?;
            }
            ensure!(!told.out.contains("JOBS_ALARM_MISSING"), "{}", told.out);
            ensure!(!told.out.contains("NO_PRICES"), "{}", told.out);
            Ok(())
        },
    );
    suite.test(
        "doctor: each cause of a launch source that cannot be used has a fix that works when it is pasted",
        async |stage| {
            stage.price("t.launch", "0.20")?;
            let parameters = [("InstanceType", "t.launch")];
            stage.groups("launch-causes", &parameters).await?;
            let doctor = ["doctor", "--stack", "launch-causes"];
            let group = "launch-causes-spot";
            let update = format!("aws autoscaling update-auto-scaling-group --auto-scaling-group-name {group}");
            let make = |name: &str, data: &Value| {
                format!("id=$(aws ec2 create-launch-template --launch-template-name launch-causes-{name} --launch-template-data '{data}' --query LaunchTemplate.LaunchTemplateId --output text)")
            };
            let typed = json!({"InstanceType": "t.launch", "ImageId": "ami-00000000000000001"});
            let mixed = |name: &str, overrides: &Value, percentage: i32| {
                let policy = json!({
                    "LaunchTemplate": {
                        "LaunchTemplateSpecification": {"LaunchTemplateId": "ID", "Version": "1"},
                        "Overrides": overrides,
                    },
                    "InstancesDistribution": {"OnDemandPercentageAboveBaseCapacity": percentage},
                });
                let policy = policy.to_string().replace("ID", "'\"$id\"'");
                let made = make(name, &typed);
                format!("{made}\n{update} --mixed-instances-policy '{policy}'")
            };
            let by_attributes = json!([{"InstanceRequirements": {
                "VCpuCount": {"Min": 4}, "MemoryMiB": {"Min": 8192},
            }}]);
            let template = "--launch-template \"LaunchTemplateId=$id,Version=1\"";
            for (by, parts) in [
                (
                    format!("{}\n{update} {template}", make("plain", &typed)),
                    ["InstanceMarketOptions of launch template", "is missing"],
                ),
                (
                    mixed("mixed", &json!([{"InstanceType": "t.launch"}]), 20),
                    ["OnDemandPercentageAboveBaseCapacity is 20", "it should be 0"],
                ),
                (
                    mixed("attributes", &by_attributes, 0),
                    ["InstanceRequirements", "the tag SpotType should name"],
                ),
            ] {
                paste(stage, &by)?.expect_code(0)?;
                let found = document(stage, &doctor, CODE_BROKEN)?;
                let told = found.to_string();
                for part in parts {
                    ensure!(told.contains(part), "no {part:?} in {found:#}");
                }
                expect(&found, "/counts/error", 1)?;
                paste(stage, fix_of(&found, "UNUSABLE_LAUNCH_SOURCE")?)?.expect_code(0)?;
                document(stage, &doctor, 0)?;
            }
            Ok(())
        },
    );
    suite.test(
        "doctor: a launch template that was deleted is one finding",
        async |stage| {
            stage.price("t.deleted", "0.20")?;
            let parameters = [("InstanceType", "t.deleted")];
            stage.groups("launch-deleted", &parameters).await?;
            let of_group = "aws autoscaling describe-auto-scaling-groups --auto-scaling-group-names launch-deleted-spot --query 'AutoScalingGroups[0].LaunchTemplate.LaunchTemplateId' --output text";
            let line = format!("aws ec2 delete-launch-template --launch-template-id \"$({of_group})\"");
            paste(stage, &line)?.expect_code(0)?;
            let found = document(stage, &["doctor", "--stack", "launch-deleted"], CODE_BROKEN)?;
            expect(&found, "/counts/error", 1)?;
            let findings = found["findings"].as_array().context("no findings")?;
            let follows = |finding: &Value| finding["rule"] == "INSTANCE_TYPES_DIFFER";
            ensure!(!findings.iter().any(follows), "{found:#}");
            let problem = findings[0]["problem"].as_str().unwrap_or_default();
            ensure!(problem.contains("which does not exist"), "{problem}");
            let fix = fix_of(&found, "UNUSABLE_LAUNCH_SOURCE")?;
            ensure!(fix.contains("--auto-scaling-group-name launch-deleted-spot"), "{fix}");
            Ok(())
        },
    );
}

/// What the doctor writes as JSON, as the schema says.
fn document(stage: &Stage, doctor: &[&str], code: i32) -> Result<Value> {
    let ran = run(stage, &[doctor, &["--output", "json"]].concat())?.expect_code(code)?;
    let document = as_json(&ran.out)?;
    expect_schema(&schema(stage, "doctor")?, &document)?;
    Ok(document)
}
