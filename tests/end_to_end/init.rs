//! `spotmanager init`: what it writes works, and what cannot work is not written.

use std::{fs, path::Path};

use anyhow::{Context, Result, ensure};
use spotmanager_testbed::{BUCKET, Stage, Suite, as_json, expect, expect_schema, write_package};

use crate::{
    command::{Ran, run, schema},
    own_pair::own_pair,
    shell::{lines_after, paste},
};

/// Logical ids and policies as the CDK and people choose them.
const NAMES: [(&str, &str); 6] = [
    ("asgGPUSpot", "SpotWorkersASG3F9C21AB"),
    ("asgGPU", "odWorkers"),
    ("onDemandScaleUp", "odGrowByOne"),
    ("spotScaleUp", "spotGrowByOne"),
    ("onDemandScaleDown", "odShrinkByOne"),
    ("spotScaleDown", "spotShrinkByOne"),
];

pub(crate) fn add(suite: &mut Suite) {
    suite.test(
        "init: the lines that come next work as they are printed, for names of any kind",
        async |stage| {
            own_pair(stage, "next-lines", &NAMES).await?;
            stage.upload().await?;
            let folder = tempfile::tempdir()?;
            let file = folder.path().join("next lines.json");
            let file = file.to_str().context("no path")?;
            let written = run(stage, &["init", "--stack", "next-lines", "--file", file])?;
            let written = written.expect_code(0)?;
            expect_next_lines(stage, folder.path(), &written.out, None)?;

            let ids = ["--spot-group-logical-id", "SpotWorkersASG3F9C21AB"];
            let printed = ["init", "--stack", "next-lines", "--file", "-"];
            let printed = run(stage, &[&printed[..], &ids].concat())?.expect_code(0)?;
            ensure!(as_json(&printed.out)? == as_json(&fs::read_to_string(file)?)?);
            ensure!(!printed.error.contains("--parameters -"), "{printed:#?}");
            let saved = folder.path().join("saved.json");
            fs::write(&saved, &printed.out)?;
            expect_next_lines(stage, folder.path(), &printed.error, saved.to_str())
        },
    );
    suite.test(
        "init: JSON on standard output is the document, also without a file",
        async |stage| {
            own_pair(stage, "init-json", &[]).await?;
            let init = [
                "init",
                "--stack",
                "init-json",
                "--file",
                "-",
                "--output",
                "json",
            ];
            let ran = run(stage, &init)?.expect_code(0)?;
            let document = as_json(&ran.out)?;
            expect_schema(&schema(stage, "init")?, &document)?;
            expect(&document, "/file", "-")
        },
    );
    suite.test(
        "init: what cannot work is refused with its reason, and nothing is written",
        async |stage| {
            own_pair(stage, "init-refused", &[]).await?;
            let no_scale_up = [("spotScaleUp", "spotMore"), ("onDemandScaleUp", "odOther")];
            own_pair(stage, "init-policies", &no_scale_up).await?;
            for (stack, more, code, parts) in [
                (
                    "init-refused",
                    &[
                        "--spot-group-logical-id",
                        "asgGPU",
                        "--on-demand-group-logical-id",
                        "asgGPUSpot",
                    ][..],
                    1,
                    &["spot group asgGPU", "on-demand"][..],
                ),
                (
                    "init-refused",
                    &["--topic-suffix", "bad suffix"],
                    2,
                    &["--topic-suffix", "bad suffix", "hyphens"],
                ),
                (
                    "init-refused",
                    &["--scale-up-policy-name-contains", "Nothing"],
                    1,
                    &["--scale-up-policy-name-contains is", "Nothing"],
                ),
                (
                    "init-policies",
                    &[],
                    1,
                    &["--scale-up-policy-name-contains is", "ScaleUp"],
                ),
                (
                    "init-refused",
                    &["--spot-group-logical-id", "farm-spot"],
                    2,
                    &["--spot-group-logical-id", "farm-spot", "letters and digits"],
                ),
                // Groups of Terraform, by their names.
                (
                    "init-terraform",
                    &["--spot-group-logical-id", "farm-spot"],
                    1,
                    &["init-terraform", "--change-set-type IMPORT"],
                ),
                (
                    "init-nowhere",
                    &[],
                    1,
                    &[
                        "account 000000000000, region us-east-1",
                        "--change-set-type IMPORT",
                        "docs.aws.amazon.com",
                    ],
                ),
            ] {
                expect_refused(stage, stack, more, code)?.expect_error(parts)?;
            }
            Ok(())
        },
    );
    suite.test(
        "init: a group whose launch template is gone launches nothing",
        async |stage| {
            own_pair(stage, "init-gone", &[]).await?;
            delete_template(stage, "init-gone")?;
            let refused = expect_refused(stage, "init-gone", &[], 2)?;
            refused.expect_error(&["asgGPUSpot, which launches nothing", "does not exist"])?;
            let named = ["--spot-group-logical-id", "asgGPUSpot"];
            let refused = expect_refused(stage, "init-gone", &named, 1)?;
            refused.expect_error(&["spot group asgGPUSpot", "does not exist"])
        },
    );
}

/// Deletes the launch template of the stack's spot group.
fn delete_template(stage: &Stage, stack: &str) -> Result<()> {
    let line = format!(
        "ID=$(aws cloudformation describe-stack-resource --stack-name {stack} --logical-resource-id templateSpot --query StackResourceDetail.PhysicalResourceId --output text)\naws ec2 delete-launch-template --launch-template-id \"$ID\""
    );
    paste(stage, &line)?.expect_code(0)?;
    Ok(())
}

/// Runs `init` for a file that must not be there afterwards.
fn expect_refused(stage: &Stage, stack: &str, more: &[&str], code: i32) -> Result<Ran> {
    let folder = tempfile::tempdir()?;
    let file = folder.path().join("parameters.json");
    let file = file.to_str().context("no path")?;
    let init = ["init", "--stack", stack, "--file", file];
    let ran = run(stage, &[&init[..], more].concat())?.expect_code(code)?;
    ensure!(!Path::new(file).exists(), "{ran:#?}");
    ensure!(ran.out.is_empty(), "{ran:#?}");
    Ok(ran)
}

/// Checks that the doctor finds the groups and their policies.
fn expect_found(stage: &Stage, doctor: &str) -> Result<()> {
    let findings = paste(stage, &format!("{doctor} --output json || true"))?.expect_code(0)?;
    let document = as_json(&findings.out)?;
    let rules = document["findings"].as_array().context("no findings")?;
    let wrong = ["RESOURCE_NOT_FOUND", "POLICY_NOT_FOUND"];
    for finding in rules {
        let rule = finding["rule"].as_str().context("no rule")?;
        ensure!(
            !wrong.contains(&rule),
            "{rule} after {doctor}: {document:#}"
        );
    }
    Ok(())
}

/// Pastes both lines; `saved` is the file that the second one asks for.
fn expect_next_lines(stage: &Stage, folder: &Path, told: &str, saved: Option<&str>) -> Result<()> {
    let lines = lines_after(told, "next: ");
    let [doctor, deploy] = lines[..] else {
        anyhow::bail!("not two lines: {lines:?} in {told}");
    };
    ensure!(doctor.starts_with("spotmanager doctor "), "{doctor}");
    for doctor in [doctor, "spotmanager doctor --stack next-lines"] {
        expect_found(stage, doctor)?;
    }

    ensure!(deploy.starts_with("spotmanager deploy "), "{deploy}");
    let package = folder.join("package");
    if !package.exists() {
        fs::create_dir(&package)?;
        write_package(&stage.checkout, &package)?;
    }
    let deploy = deploy.replace("BUCKET", BUCKET);
    let deploy = match saved {
        Some(saved) => deploy.replace("FILE", saved),
        None => deploy,
    };
    let name = if saved.is_some() { "saved" } else { "written" };
    let line = format!(
        "{deploy} --package '{}' --spotmanager-stack next-lines-{name}-sm --no-execute-changeset",
        package.display()
    );
    paste(stage, &line)?.expect_code(0)?;
    Ok(())
}
