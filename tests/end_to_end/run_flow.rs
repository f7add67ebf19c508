//! `spotmanager run`: where a step leads that fails, as the state machine would go on.

use anyhow::{Context, Result, ensure};
use serde_json::Value;
use spotmanager_fake_aws::{Fault, Purchase};
use spotmanager_testbed::{Stage, Suite, as_json, expect, group_size};

use crate::{
    by_hand::groups,
    command::{Ran, run},
};

pub(crate) fn add(suite: &mut Suite) {
    suite.test(
        "run: a scale-up whose answer is lost is checked, and not done again",
        async |stage| {
            groups(stage, "run-lost", "2").await?;
            let local = &stage.local;
            local.fail("ExecutePolicy", "run-lost-spot", Fault::AnswerLost, 1);
            let ran = apply(stage, "run-lost", &["--output", "json"])?.expect_code(0)?;
            let document = as_json(&ran.out)?;
            let scale_ups = visits(&document, "ScaleUp")?;
            ensure!(scale_ups.len() == 1, "{document:#}");
            let unknown = "SpotManager.OutcomeUnknown";
            expect(scale_ups[0], "/failures/0/error", unknown)?;
            ensure!(!visits(&document, "VerifyCapacity")?.is_empty());
            expect(&document, "/outcome/result", "capacity_arrived")?;
            expect(&document, "/outcome/served_by", "spot")?;
            let spot = group_size(&stage.config, "run-lost-spot").await?;
            ensure!((spot.desired, spot.in_service) == (1, 1), "{spot:?}");
            Ok(())
        },
    );
    suite.test(
        "run: no capacity in either market fails by its name, also if spot cannot be stood down",
        async |stage| {
            groups(stage, "run-nothing", "1").await?;
            for purchase in [Purchase::Spot, Purchase::OnDemand] {
                stage.no_capacity("t.run-nothing", purchase);
            }
            let local = &stage.local;
            let (call, group) = ("SetDesiredCapacity", "run-nothing-spot");
            local.fail(call, group, Fault::AccessDenied, usize::MAX);
            let timeout = ["--on-demand-capacity-timeout-seconds", "2"];
            let ran = apply(stage, "run-nothing", &timeout)?.expect_code(1)?;
            ran.expect_out(&[
                "StandDownSpot      SpotManager.AccessDenied",
                "in doubt: the spot group could not be stood down",
                "outcome: failed, no capacity arrived: SpotManager.NoCapacity in VerifyCapacity",
            ])?;
            ran.expect_error(&["error: SpotManager.NoCapacity", "what to do: "])
        },
    );
}

/// Scales up, and looks as soon as a local AWS launches.
fn apply(stage: &Stage, stack: &str, more: &[&str]) -> Result<Ran> {
    let apply = ["run", "--stack", stack, "--apply", "--yes"];
    let looks = ["--verify-interval-seconds", "1"];
    run(stage, &[&apply[..], &looks, more].concat())
}

/// The visits to a state in a command's JSON.
fn visits<'a>(document: &'a Value, state: &str) -> Result<Vec<&'a Value>> {
    let steps = document["steps"].as_array().context("no steps")?.iter();
    Ok(steps.filter(|step| step["state"] == state).collect())
}
