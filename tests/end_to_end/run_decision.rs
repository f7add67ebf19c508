//! `spotmanager run`: whose pair it decides for, what it asks, and what it leaves.

use std::{
    io::{BufRead, BufReader, Read},
    process::{Command, Stdio},
};

use anyhow::{Context, Result, ensure};
use spotmanager_fake_aws::Purchase;
use spotmanager_testbed::{Suite, as_json, expect, group_size, wait_for_size};

use crate::{
    answered::at_terminal,
    command::{command, run},
    own_pair::own_pair,
    shell::paste,
    workers::PATIENCE,
};

/// Logical ids that no default names.
const NAMES: [(&str, &str); 2] = [("asgGPUSpot", "spotGroup"), ("asgGPU", "odGroup")];

pub(crate) fn add(suite: &mut Suite) {
    suite.test(
        "run: without logical ids it finds the pair as init does, also in a file of init's",
        async |stage| {
            own_pair(stage, "run-finds", &NAMES).await?;
            let folder = tempfile::tempdir()?;
            let file = folder.path().join("parameters.json");
            let file = file.to_str().context("no path")?;
            run(stage, &["init", "--stack", "run-finds", "--file", file])?.expect_code(0)?;
            for more in [&[][..], &["--parameters", file]] {
                let dry = ["run", "--stack", "run-finds", "--output", "json"];
                let ran = run(stage, &[&dry[..], more].concat())?.expect_code(0)?;
                let document = as_json(&ran.out)?;
                expect(
                    &document,
                    "/steps/0/output/spot_group/logical_id",
                    "spotGroup",
                )?;
            }
            own_pair(stage, "run-others", &NAMES).await?;
            let other = ["run", "--stack", "run-others", "--parameters", file];
            let refused = run(stage, &other)?.expect_code(2)?;
            refused.expect_error(&["--parameters", "is run-finds"])
        },
    );
    suite.test(
        "run: what is not there is said once, and another stack is not taken for SpotManager's",
        async |stage| {
            let none = run(stage, &["run", "--stack", "run-gone"])?.expect_code(1)?;
            none.expect_error(&[
                "SpotManager.StackNotFound",
                "run-gone",
                "account 000000000000, region us-east-1",
                "hint:",
            ])?;
            ensure!(none.error.matches("run-gone").count() == 1, "{none:#?}");
            ensure!(none.out.is_empty(), "{none:#?}");

            own_pair(stage, "run-plain", &[]).await?;
            let other = [
                "run",
                "--stack",
                "run-plain",
                "--spotmanager-stack",
                "run-plain",
            ];
            let refused = run(stage, &other)?.expect_code(2)?;
            refused.expect_error(&["--spotmanager-stack", "run-plain, which has no output"])
        },
    );
    suite.test(
        "run: a stack that leaves its pair open has its groups listed, as the doctor does",
        async |stage| {
            let both_spot = [
                (
                    "LaunchTemplateId: !Ref template\n",
                    "LaunchTemplateId: !Ref templateSpot\n",
                ),
                NAMES[0],
                NAMES[1],
            ];
            own_pair(stage, "run-open", &both_spot).await?;
            for command in ["run", "doctor", "init"] {
                let refused = run(stage, &[command, "--stack", "run-open"])?.expect_code(2)?;
                refused.expect_error(&["--spot-group-logical-id", "odGroup, spotGroup"])?;
            }
            let price = ["run", "--stack", "run-open", "--maximum-spot-price", "0"];
            let refused = run(stage, &price)?.expect_code(2)?;
            refused.expect_error(&["--maximum-spot-price", "a price above 0"])
        },
    );
    suite.test(
        "run: of several pairs none is guessed and no two are mixed",
        async |stage| {
            let pairs = r#"[{"stack_name":"run-pairs","alarm_name":"big","settings":{"spot_group_logical_id":"bigSpot","on_demand_group_logical_id":"big"}}]"#;
            let deployed = stage
                .deploy("run-pairs-sm", "run-pairs", &[("WorkerPairs", pairs)])
                .await?;
            let spotmanager = deployed.stack.name.as_str();
            own_pair(stage, "run-pairs", &[]).await?;
            let dry = ["run", "--stack", "run-pairs", "--spotmanager-stack", spotmanager];
            let open = run(stage, &dry)?.expect_code(2)?;
            open.expect_error(&["--spot-group-logical-id", "bigSpot with big, asgGPUSpot with asgGPU"])?;
            let of_big = [&dry[..], &["--spot-group-logical-id", "bigSpot"]].concat();
            // The stack has no such groups: the pair's own on-demand group is not another's.
            let big = run(stage, &of_big)?.expect_code(1)?;
            ensure!(!big.out.contains("on-demand asgGPU"), "{big:#?}");
            let of_main = [&dry[..], &["--on-demand-group-logical-id", "asgGPU"]].concat();
            run(stage, &of_main)?
                .expect_code(0)?
                .expect_out(&["spot asgGPUSpot 0 of 1, on-demand asgGPU 0 of 1"])
        },
    );
    suite.test(
        "run: with --apply it asks, names the account, and changes nothing after a no",
        async |stage| {
            own_pair(stage, "run-asks", &[]).await?;
            let apply = ["run", "--stack", "run-asks", "--apply"];
            let refused = run(stage, &apply)?.expect_code(2)?;
            refused.expect_error(&["--yes", "terminal"])?;
            for (typed, code) in [("n", 0), ("\u{3}", 130)] {
                let mut asked = command(stage);
                asked.args(apply);
                let ran = at_terminal(stage, asked, "[y/N]", typed)?.expect_code(code)?;
                ran.expect_out(&[
                    "Scale up stack run-asks in account 000000000000, region us-east-1",
                    "nothing is changed",
                ])?;
            }
            let size = group_size(&stage.config, "run-asks-spot").await?;
            ensure!(size.desired == 0, "{size:?}");
            Ok(())
        },
    );
    suite.test(
        "run: Ctrl-C after the scale-up says what is left, and what puts it back",
        async |stage| {
            own_pair(stage, "run-left", &[]).await?;
            stage.no_capacity("t.run-left", Purchase::Spot);
            // So long that the first look does not come.
            let apply = ["run", "--stack", "run-left", "--apply", "--yes"];
            let mut child = command(stage)
                .args(apply)
                .args(["--verify-interval-seconds", "600"])
                .stdout(Stdio::piped())
                .stderr(Stdio::piped())
                .spawn()?;
            let mut out = BufReader::new(child.stdout.take().context("no output")?).lines();
            ensure!(
                out.any(|line| line.is_ok_and(|line| line.contains("ScaleUp"))),
                "nothing is scaled up"
            );
            interrupt(child.id())?;
            let mut error = String::new();
            let mut told = child.stderr.take().context("no standard error")?;
            told.read_to_string(&mut error)?;
            let status = child.wait()?;
            ensure!(status.code() == Some(130), "{status}: {error}");
            let expected = "run-left-spot was scaled up from DesiredCapacity 0 to 1 and stays so";
            ensure!(error.contains(expected), "{error}");
            let line = error.split('`').nth(1).context("no command")?;
            paste(stage, line)?.expect_code(0)?;
            wait_for_size(&stage.config, "run-left-spot", 0, PATIENCE).await
        },
    );
}

fn interrupt(process: u32) -> Result<()> {
    let sent = Command::new("kill")
        .args(["-INT", &process.to_string()])
        .status()?;
    ensure!(sent.success(), "kill: {sent}");
    Ok(())
}
