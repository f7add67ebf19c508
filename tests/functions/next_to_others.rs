//! *verify*: what it finds of other executions, and when it looks for them.

use anyhow::{Result, ensure};
use serde_json::{Value, json};
use spotmanager_fake_aws::Purchase;
use spotmanager_testbed::{Stage, Suite, expect};

use crate::{
    changed::output,
    groups::{ask_for, bring_one},
    machine::{FOREVER, Machine},
};

pub(crate) fn add(suite: &mut Suite) {
    others(suite);
    recommendations(suite);
}

fn others(suite: &mut Suite) {
    suite.test(
        "verify: what another execution may do first is left to it, and a return gives way",
        async |stage| {
            let stack = "verify-next-to-others";
            lacks_one(stack, stage).await?;
            let machine = Machine::create(stage, stack, FOREVER).await?;
            let with = async |case: &str, left_to_others: u32| {
                let seen = output(stage, "verify", case, |event| {
                    event["discovery"]["execution"]["state_machine_arn"] = json!(machine.arn);
                    event["step"]["progress"]["attempt"]["left_to_others"] = json!(left_to_others);
                });
                seen.await
            };
            // Of another stack, and in no earnest.
            machine
                .start("of-another", &json!({"stack_name": "other"}))
                .await?;
            let settings = json!({"dry_run": true});
            let dry_run = json!({"stack_name": stack, "settings": settings});
            machine.start("dry-run", &dry_run).await?;
            let alone = with("time-over-next-to-others", 0).await?;
            expect(&alone, "/status", "timed_out")?;
            expect(&alone, "/step/next", "StandDownSpot")?;
            let seen = json!({"desired_capacity": 1, "lacks": 1});
            expect(&alone, "/step/progress/attempt/seen", seen)?;
            let stand_down = json!({"action": "stand_down", "baseline_capacity": 0, "from": 1});
            expect(&alone, "/step/action", stand_down)?;
            let waits = with("return-next-to-others", 0).await?;
            expect(&waits, "/step/next", "WaitForCapacity")?;

            // It began before.
            machine
                .start("another", &json!({"stack_name": stack}))
                .await?;
            let left = with("time-over-next-to-others", 0).await?;
            expect(&left, "/status", "timed_out")?;
            expect(&left, "/step/next", "WaitForCapacity")?;
            expect(&left, "/step/progress/attempt/left_to_others", 1)?;
            let acts = with("time-over-next-to-others", 2).await?;
            expect(&acts, "/step/next", "StandDownSpot")?;
            let gives_way = with("return-next-to-others", 0).await?;
            expect(&gives_way, "/step/next", "StandDownSpot")?;
            let take_back = json!({"action": "take_back", "from": 1, "by": 1});
            expect(&gives_way, "/step/action", take_back)?;
            // It began after those that are listed.
            let later = output(stage, "verify", "time-over-next-to-others", |event| {
                let execution = &mut event["discovery"]["execution"];
                execution["state_machine_arn"] = json!(machine.arn);
                execution["started_at"] = json!("2026-01-01T00:00:00Z");
            });
            expect(&later.await?, "/step/next", "StandDownSpot")?;
            // It may be done in vain for an instance that has left its group.
            let lost = with("recommended-next-to-others", 2).await?;
            expect(&lost, "/step/next", "StandDownSpot")?;
            expect(&lost, "/step/progress/lost_has_left", true)?;
            looks_only_if_it_matters(stage, &machine, &with).await
        },
    );
    suite.test(
        "verify: a scale-up that may be another execution's is notified of, and waited for",
        async |stage| {
            let stack = "verify-cannot-confirm";
            stage.groups(stack, &[]).await?;
            bring_one(stage, "verify-cannot-confirm-spot").await?;
            let machine = Machine::create(stage, stack, FOREVER).await?;
            machine
                .start("another", &json!({"stack_name": stack}))
                .await?;
            let case = "outcome-unknown-next-to-others";
            let seen = output(stage, "verify", case, |event| {
                event["discovery"]["execution"]["state_machine_arn"] = json!(machine.arn);
            });
            let seen = seen.await?;
            expect(&seen, "/step/next", "Notify")?;
            expect(&seen, "/step/failed_in", "ScaleUp")?;
            let subject = format!("SpotManager cannot confirm a scale-up for {stack}");
            expect(&seen, "/step/subject", subject)?;
            expect(&seen, "/failure/Error", "SpotManager.OutcomeUnknown")?;
            expect(&seen, "/step/then/next", "WaitForCapacity")?;
            let attempt = &seen["step"]["then"]["progress"]["attempt"];
            ensure!(attempt.get("unclear").is_none(), "{attempt}");
            expect(attempt, "/target_capacity", 1)
        },
    );
    suite.test(
        "verify: other executions that cannot be listed are not waited for",
        async |stage| {
            let stack = "verify-next-to-unknown";
            lacks_one(stack, stage).await?;
            let case = "time-over-next-to-others";
            let seen = output(stage, "verify", case, |event| {
                let arn = "arn:aws:states:us-east-1:000000000000:stateMachine:none";
                event["discovery"]["execution"]["state_machine_arn"] = json!(arn);
                for (group, name) in [("spot_group", "spot"), ("on_demand_group", "on-demand")] {
                    let name = format!("{stack}-{name}");
                    event["discovery"][group]["auto_scaling_group_name"] = json!(name);
                }
            });
            let seen = seen.await?;
            expect(&seen, "/status", "timed_out")?;
            expect(&seen, "/step/next", "StandDownSpot")
        },
    );
}

/// A spot group that lacks one instance.
async fn lacks_one(stack: &str, stage: &Stage) -> Result<()> {
    let instance_type = format!("t.{stack}");
    stage
        .groups(stack, &[("InstanceType", &instance_type)])
        .await?;
    stage.no_capacity(&instance_type, Purchase::Spot);
    ask_for(stage, &format!("{stack}-spot"), 1).await
}

async fn looks_only_if_it_matters(
    stage: &Stage,
    machine: &Machine,
    with: &impl AsyncFn(&str, u32) -> Result<Value>,
) -> Result<()> {
    let listed = || {
        let calls = stage.local.calls();
        let calls = calls.iter();
        let of_machine = |body: &str| body.contains(&machine.arn);
        calls
            .filter(|call| call.action == "ListExecutions" && of_machine(&call.body))
            .count()
    };
    let before = listed();
    ensure!(before > 0, "none was listed");
    let waits = with("pending-next-to-others", 0).await?;
    expect(&waits, "/status", "pending")?;
    ensure!(listed() == before, "it was listed for nothing");
    with("time-over-next-to-others", 0).await?;
    ensure!(listed() > before, "it was not listed");
    Ok(())
}

fn recommendations(suite: &mut Suite) {
    suite.test(
        "verify: a warned instance leaves its group as its recommendation's execution went",
        async |stage| {
            let stack = "verify-recommended";
            stage.groups(stack, &[]).await?;
            bring_one(stage, "verify-recommended-spot").await?;
            let ends = Machine::create(stage, "verify-recommended-ends", 0).await?;
            let runs = Machine::create(stage, "verify-recommended-runs", FOREVER).await?;
            let input = json!({"stack_name": stack});
            ends.run("came", &json!({"ended": "CapacityArrived"}))
                .await?;
            ends.run("did-not-come", &input).await?;
            runs.start("underway", &input).await?;
            let seen = async |machine: &Machine, name: &str, warned_at: &str| {
                let case = "replaced-by-a-recommendation";
                let seen = output(stage, "verify", case, |event| {
                    event["discovery"]["execution"]["state_machine_arn"] = json!(machine.arn);
                    event["discovery"]["loss"]["time"] = json!(warned_at);
                    event["step"]["progress"]["recommended"] = json!(name);
                });
                seen.await
            };
            let (now, long_ago) = ("2100-01-01T00:00:00Z", "2026-01-01T00:00:00Z");
            for (machine, name, warned_at, decrements) in [
                (&ends, "came", now, true),
                (&ends, "did-not-come", now, false),
                (&ends, "there-is-none", now, false),
                (&runs, "underway", long_ago, true),
            ] {
                let found = seen(machine, name, warned_at).await?;
                ensure!(found.get("status").is_none(), "{found:#}");
                expect(&found, "/step/next", "DetachInstance")?;
                let detach = json!({
                    "action": "detach",
                    "instance_id": "i-0123456789abcdef0",
                    "decrements": decrements,
                });
                expect(&found, "/step/action", detach)?;
                let progress = &found["step"]["progress"];
                let goes_by_it = progress.get("recommended").is_some();
                ensure!(goes_by_it == decrements, "{found:#}");
            }
            // Once it has left, on-demand takes over if the recommendation's execution gives up.
            let after = async |machine: &Machine, name: &str| {
                let case = "replaced-by-a-recommendation";
                let seen = output(stage, "verify", case, |event| {
                    event["discovery"]["execution"]["state_machine_arn"] = json!(machine.arn);
                    event["step"]["progress"]["recommended"] = json!(name);
                    event["step"]["progress"]["lost_has_left"] = json!(true);
                });
                seen.await
            };
            let came = after(&ends, "came").await?;
            expect(&came, "/step/next", "Report")?;
            let outcome = &came["step"]["events"][0]["Detail"];
            expect(outcome, "/result", "capacity_arrived")?;
            expect(outcome, "/served_by", "spot")?;
            expect(&came, "/step/then/next", "CapacityArrived")?;
            let in_vain = after(&ends, "did-not-come").await?;
            expect(&in_vain, "/step/next", "ScaleUp")?;
            expect(&in_vain, "/step/action/market", "on_demand")?;
            let underway = after(&runs, "underway").await?;
            expect(&underway, "/step/next", "WaitForCapacity")?;
            expect(&underway, "/step/seconds", 15)?;

            let waits = seen(&runs, "underway", now).await?;
            expect(&waits, "/step/next", "WaitForCapacity")?;
            expect(&waits, "/step/seconds", 15)?;
            expect(&waits, "/step/progress/recommended", "underway")
        },
    );
}
