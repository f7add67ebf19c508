//! The `spotmanager` command's real binary, as a person or a script runs it.

use std::{
    fs,
    io::{BufRead, BufReader},
    process::Stdio,
};

use anyhow::{Context, Result, ensure};
use serde_json::{Value, json};
use spotmanager_fake_aws::Purchase;
use spotmanager_testbed::{Stage, Suite, as_json, expect, expect_schema};

use crate::{
    command::{bare, command, finish, run, schema},
    workers::Farm,
};

pub(crate) fn add(suite: &mut Suite) {
    suite.test(
        "cli: the doctor finds nothing wrong with the example stack",
        async |stage| {
            let farm = Farm::deploy(stage, "doctor").await?;
            farm.price("0.20")?;
            let stack = farm.workers.stack.name.as_str();
            let spotmanager = farm.spot_manager.stack.name.as_str();
            let doctor = [
                "doctor",
                "--stack",
                stack,
                "--spotmanager-stack",
                spotmanager,
            ];
            let told = run(stage, &doctor)?.expect_code(0)?;
            told.expect_out(&[
                "0 errors, 0 warnings",
                "nothing keeps SpotManager from working",
            ])?;
            // A pipe is no terminal.
            ensure!(!told.out.contains('\u{1b}'), "{}", told.out);
            let findings = self::findings(stage, &doctor, 0)?;
            expect(&findings, "/counts/error", 0)?;
            expect(&findings, "/counts/warning", 0)?;

            stage.groups("elsewhere", &[]).await?;
            let doctor = [
                "doctor",
                "--stack",
                "elsewhere",
                "--spotmanager-stack",
                spotmanager,
            ];
            let findings = self::findings(stage, &doctor, 1)?;
            expect_finding(&findings, "STACK_OUT_OF_REACH", "error")
        },
    );
    suite.test(
        "cli: the doctor finds a deployment that is not told of a stack",
        async |stage| {
            let spotmanager = stage.spot_manager().await?.stack.name.clone();
            stage.groups("doctor-elsewhere", &[]).await?;
            let doctor = [
                "doctor",
                "--stack",
                "doctor-elsewhere",
                "--spotmanager-stack",
                &spotmanager,
            ];
            let findings = self::findings(stage, &doctor, 1)?;
            expect_finding(&findings, "STACK_NOT_SERVED", "warning")
        },
    );
    for (name, parameter, rule, severity) in [
        (
            "missing",
            ("Policies", "missing"),
            "POLICY_NOT_FOUND",
            "error",
        ),
        (
            "other",
            ("Policies", "on-other"),
            "POLICY_ON_OTHER_GROUP",
            "error",
        ),
        ("two", ("Policies", "two"), "AMBIGUOUS_POLICY", "error"),
        ("zone", ("Zones", "1"), "ONE_ZONE", "warning"),
        (
            "types",
            ("SpotTypeTag", "t.else"),
            "INSTANCE_TYPES_DIFFER",
            "warning",
        ),
        (
            "price",
            ("SpotPriceTag", "cheap"),
            "UNUSABLE_LAUNCH_SOURCE",
            "error",
        ),
        (
            "dear",
            ("SpotPriceTag", "0.10"),
            "LIMIT_BELOW_EVERY_PRICE",
            "warning",
        ),
        ("empty", ("MaxSize", "0"), "MAX_SIZE_ZERO", "error"),
        ("rebalance", ("MaxSize", "2"), "REBALANCES_ZONES", "note"),
        ("alarm", ("Alarm", "scale-up"), "ALARM_SCALES_UP", "error"),
    ] {
        suite.test(
            &format!("cli: the doctor finds {rule}"),
            async move |stage| {
                let stack = format!("doctor-{name}");
                let instance_type = format!("t.{stack}");
                stage.price(&instance_type, "0.20")?;
                let parameters = [("InstanceType", instance_type.as_str()), parameter];
                stage.groups(&stack, &parameters).await?;
                // No pool of t.else has a price, which is an error too.
                let code = i32::from(severity == "error" || name == "types");
                let findings = self::findings(stage, &["doctor", "--stack", &stack], code)?;
                expect_finding(&findings, rule, severity)?;
                // No alarm of these stacks tells any topic, which is still to come.
                expect_finding(&findings, "JOBS_ALARM_MISSING", "note")
            },
        );
    }
    suite.test(
        "cli: profile, region and endpoint are found as the AWS CLI finds them",
        async |stage| {
            let endpoint = stage.local.endpoint_url();
            let doctor = ["doctor", "--stack", "doctor-nowhere"];
            let options = ["--region", "us-east-1", "--endpoint-url", endpoint];
            let mut by_options = bare(stage);
            by_options.args(doctor).args(options);
            let told = finish(by_options)?.expect_code(1)?;
            told.expect_out(&["STACK_NOT_FOUND", "doctor-nowhere", "fix:"])?;

            let file = tempfile::NamedTempFile::new()?;
            let profile = format!(
                "[profile local]\nregion = us-east-1\nendpoint_url = {endpoint}\naws_access_key_id = test\naws_secret_access_key = test\n"
            );
            fs::write(file.path(), profile)?;
            let mut by_profile = bare(stage);
            by_profile
                .args(doctor)
                .args(["--profile", "local"])
                .env("AWS_CONFIG_FILE", file.path());
            let told = finish(by_profile)?.expect_code(1)?;
            told.expect_out(&["STACK_NOT_FOUND"])
        },
    );
    suite.test(
        "cli: what cannot be done has an exit code of its own and says what to do next",
        async |stage| {
            let doctor = ["doctor", "--stack", "doctor-nowhere"];
            let mut nowhere = bare(stage);
            nowhere.args(doctor);
            finish(nowhere)?
                .expect_code(253)?
                .expect_error(&["hint:", "--region"])?;
            let mut unreachable = bare(stage);
            let options = [
                "--region",
                "us-east-1",
                "--endpoint-url",
                "http://127.0.0.1:1",
            ];
            unreachable.args(doctor).args(options);
            let ran = finish(unreachable)?.expect_code(254)?;
            ran.expect_error(&["cloudformation:ListStackResources", "hint:"])?;
            let mistaken = run(stage, &["doctor", "--stack", "9"])?.expect_code(2)?;
            mistaken.expect_error(&["--stack is \"9\"", "a stack's name"])?;
            run(stage, &["doctor"])?
                .expect_code(2)?
                .expect_error(&["--stack <NAME>"])
        },
    );
    suite.test(
        "cli: a stack's newest execution is told, and the same by its name",
        async |stage| {
            let farm = Farm::deploy(stage, "explain").await?;
            farm.price("0.20")?;
            let history = farm.job().await?;
            let stack = farm.workers.stack.name.as_str();
            let last = ["explain", "--last", "--stack", stack];
            let ran = run(stage, &[&last[..], &["--output", "json"]].concat())?.expect_code(0)?;
            let document = as_json(&ran.out)?;
            expect_schema(&schema(stage, "explain")?, &document)?;
            expect(&document, "/execution_arn", history.arn.as_str())?;
            expect(&document, "/status", "SUCCEEDED")?;
            expect(
                &document,
                "/decisions/0/verdict/reason",
                "SPOT_WITHIN_LIMIT",
            )?;
            let machine = farm.spot_manager.stack.output("StateMachineArn")?;
            for arguments in [
                &last[..],
                &["explain", &history.arn],
                &["explain", name_of(&history.arn)],
                &["explain", name_of(&history.arn), "--state-machine", machine],
            ] {
                let told = run(stage, arguments)?.expect_code(0)?;
                told.expect_out(&[
                    name_of(&history.arn),
                    "SPOT_WITHIN_LIMIT",
                    "CapacityArrived",
                ])?;
            }
            let unknown = run(stage, &["explain", "no-such-execution"])?.expect_code(1)?;
            unknown.expect_error(&["no-such-execution", "--last --stack NAME"])?;
            let none = ["explain", "--last", "--stack", "explain-nothing"];
            let none = run(stage, &none)?.expect_code(1)?;
            none.expect_error(&["explain-nothing", "--state-machine"])
        },
    );
    suite.test("cli: an execution is told while it runs", async |stage| {
        let instance_type = "t.follow";
        stage.price(instance_type, "0.20")?;
        let parameters = [("InstanceType", instance_type)];
        stage.groups("follow", &parameters).await?;
        // So long that it runs still when the scale-up is told.
        let settings = json!({"verify_interval_seconds": 250});
        let input = json!({"stack_name": "follow", "settings": settings});
        let executions = &stage.spot_manager().await?.executions;
        let arn = executions.start(&input).await?;
        let mut child = command(stage)
            .args(["explain", "--follow", &arn])
            .stdout(Stdio::piped())
            .spawn()?;
        let out = child.stdout.take().context("no standard output")?;
        let mut lines = BufReader::new(out).lines();
        let mut told = Vec::new();
        for line in &mut lines {
            told.push(line?);
            if told.last().is_some_and(|line| line.contains("ScaleUp")) {
                break;
            }
        }
        ensure!(
            child.try_wait()?.is_none(),
            "told at its end only: {told:#?}"
        );
        for line in lines {
            told.push(line?);
        }
        ensure!(child.wait()?.success(), "{told:#?}");
        let states = [
            "Discover",
            "Evaluate",
            "ScaleUp",
            "VerifyCapacity",
            "CapacityArrived",
        ];
        let parts = states.iter().chain(&["SUCCEEDED after", "decision: spot"]);
        let mut rest = told.iter();
        for part in parts {
            ensure!(
                rest.any(|line| line.contains(part)),
                "no {part} in its place: {told:#?}"
            );
        }
        Ok(())
    });
    suite.test(
        "cli: a decision from the terminal is dry unless it is to be applied",
        async |stage| {
            let farm = Farm::deploy(stage, "run").await?;
            farm.price("0.20")?;
            let stack = farm.workers.stack.name.as_str();
            let dry = ["run", "--stack", stack, "--output", "json"];
            let ran = run(stage, &dry)?.expect_code(0)?;
            let document = as_json(&ran.out)?;
            expect_schema(&schema(stage, "explain")?, &document)?;
            expect(
                &document,
                "/decisions/0/verdict/reason",
                "SPOT_WITHIN_LIMIT",
            )?;
            expect_last_state(&document, "DryRunEnded")?;

            let apply = ["run", "--stack", stack, "--apply", "--yes"];
            let told = run(stage, &[&apply[..], &LOOKS].concat())?.expect_code(0)?;
            told.expect_out(&["ScaleUp", "CapacityArrived", "decision: spot", "SUCCEEDED"])?;
            // One instance, and not the dry run's beside it.
            let after = run(stage, &dry)?.expect_code(0)?;
            let document = as_json(&after.out)?;
            expect(
                &document,
                "/steps/0/output/spot_group/capacity/desired_capacity",
                1,
            )
        },
    );
    suite.test(
        "cli: a decision from the terminal falls back to on-demand, and refuses what is not there",
        async |stage| {
            let instance_type = "t.run-fallback";
            stage.price(instance_type, "0.20")?;
            stage
                .groups("run-fallback", &[("InstanceType", instance_type)])
                .await?;
            stage.no_capacity(instance_type, Purchase::Spot);
            let apply = [
                "run",
                "--stack",
                "run-fallback",
                "--apply",
                "--yes",
                "--output",
                "json",
            ];
            let ran = run(stage, &[&apply[..], &LOOKS].concat())?.expect_code(0)?;
            let document = as_json(&ran.out)?;
            let steps = document["steps"].as_array().context("no steps")?;
            ensure!(
                steps.iter().any(|step| step["state"] == "StandDownSpot"),
                "{document:#}"
            );
            expect_last_state(&document, "CapacityArrived")?;

            let none = run(stage, &["run", "--stack", "run-nowhere"])?.expect_code(1)?;
            none.expect_error(&["SpotManager.StackNotFound", "run-nowhere", "what to do: "])
        },
    );
    suite.test(
        "cli: prices of EC2 are replayed, and drawn on a page",
        async |stage| {
            let instance_type = "t.backtest";
            stage.price(instance_type, "0.20")?;
            let page = tempfile::NamedTempFile::new()?;
            let path = page.path().to_str().context("no path")?;
            let backtest = [
                "backtest",
                "prices",
                "--instance-type",
                instance_type,
                "--on-demand-price",
                "0.526",
                "--html",
                path,
            ];
            let ran = run(stage, &[&backtest[..], &["--output", "json"]].concat())?;
            let document = as_json(&ran.expect_code(0)?.out)?;
            expect_schema(&schema(stage, "backtest-prices")?, &document)?;
            expect(&document, "/settings/0/limit_usd", "0.4471")?;
            expect(&document, "/settings/0/average", "time_weighted")?;
            let page = fs::read_to_string(path)?;
            ensure!(page.contains(instance_type), "{page}");
            run(stage, &backtest)?
                .expect_code(0)?
                .expect_out(&["always on-demand", "best"])
        },
    );
    suite.test(
        "cli: completions and manual pages are written",
        async |stage| {
            let completions = run(stage, &["completions", "bash"])?.expect_code(0)?;
            completions.expect_out(&["complete -F", "doctor"])?;
            let folder = tempfile::tempdir()?;
            let path = folder.path().to_str().context("no path")?;
            run(stage, &["man", "--dir", path])?.expect_code(0)?;
            for page in [
                "spotmanager.1",
                "spotmanager-doctor.1",
                "spotmanager-explain.1",
            ] {
                let page = fs::read_to_string(folder.path().join(page)).context(page)?;
                ensure!(page.contains(".TH"), "{page}");
            }
            Ok(())
        },
    );
}

/// A local AWS launches sooner than the defaults look.
const LOOKS: [&str; 2] = ["--verify-interval-seconds", "1"];

fn expect_last_state(document: &Value, state: &str) -> Result<()> {
    let steps = document["steps"].as_array().context("no steps")?;
    let last = steps.last().context("no step")?;
    expect(last, "/state", state)
}

/// The doctor's findings as JSON, as the schema says.
fn findings(stage: &Stage, doctor: &[&str], code: i32) -> Result<Value> {
    let ran = run(stage, &[doctor, &["--output", "json"]].concat())?.expect_code(code)?;
    let document = as_json(&ran.out)?;
    expect_schema(&schema(stage, "doctor")?, &document)?;
    Ok(document)
}

fn expect_finding(document: &Value, rule: &str, severity: &str) -> Result<()> {
    let findings = document["findings"].as_array().context("no findings")?;
    let found = findings.iter().find(|finding| finding["rule"] == rule);
    let found = found.with_context(|| format!("no {rule} in {document:#}"))?;
    expect(found, "/severity", severity)
}

fn name_of(arn: &str) -> &str {
    arn.rsplit(':').next().unwrap_or(arn)
}
