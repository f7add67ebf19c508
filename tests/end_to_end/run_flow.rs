//! `spotmanager run`: where a step leads that fails, as the state machine would go on.

use anyhow::{Context, Result, ensure};
use aws_sdk_autoscaling::Client;
use serde_json::Value;
use spotmanager_fake_aws::{Fault, Purchase};
use spotmanager_testbed::{GroupSize, Queue, Stage, Suite, as_json, expect, group_size};

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
            let more = ["--output", "json", "--launch-by", "scaling-policy"];
            let ran = apply(stage, "run-lost", &more)?.expect_code(0)?;
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
        "run: as many instances as the queue's jobs need, in one round",
        async |stage| {
            let instance_type = "t.run-sized";
            stage.price(instance_type, "0.20")?;
            stage.instances_left(instance_type, Purchase::Spot, 2);
            let parameters = [("InstanceType", instance_type), ("MaxSize", "5")];
            let stack = stage.groups("run-sized", &parameters).await?;
            let queue = Queue::new(&stage.config, stack.output("QueueUrl")?);
            // Ten for each of three instances, and one more.
            for _ in 0..31 {
                queue.send_job().await?;
            }
            let ran = apply(stage, "run-sized", &["--output", "json"])?.expect_code(0)?;
            let document = as_json(&ran.out)?;
            let scale_ups = visits(&document, "ScaleUp")?;
            let raised = scale_ups.iter().map(|step| &step["what_happened"]);
            let raised: Vec<_> = raised.filter_map(Value::as_str).collect();
            let expected = [
                "Raised DesiredCapacity of run-sized-spot from 0 to 4.",
                "Raised DesiredCapacity of run-sized-on-demand from 0 to 2.",
            ];
            ensure!(raised == expected, "{document:#}");
            ensure!(visits(&document, "Discover")?.len() == 1, "{document:#}");
            ensure!(
                visits(&document, "CapacityArrived")?.len() == 1,
                "{document:#}"
            );
            for group in ["run-sized-spot", "run-sized-on-demand"] {
                let size = group_size(&stage.config, group).await?;
                ensure!(size == GroupSize::settled(2), "{group} {size:?}");
            }
            Ok(())
        },
    );
    suite.test(
        "run: what on-demand asks for in vain is part of what the queue's jobs need",
        async |stage| {
            let instance_type = "t.run-vain";
            stage.price(instance_type, "0.20")?;
            for purchase in [Purchase::Spot, Purchase::OnDemand] {
                stage.no_capacity(instance_type, purchase);
            }
            let parameters = [("InstanceType", instance_type), ("MaxSize", "5")];
            let stack = stage.groups("run-vain", &parameters).await?;
            let queue = Queue::new(&stage.config, stack.output("QueueUrl")?);
            // Ten for each of two instances.
            for _ in 0..20 {
                queue.send_job().await?;
            }
            Client::new(&stage.config)
                .set_desired_capacity()
                .auto_scaling_group_name("run-vain-on-demand")
                .desired_capacity(1)
                .send()
                .await?;
            let timeout = ["--on-demand-capacity-timeout-seconds", "2"];
            apply(stage, "run-vain", &timeout)?
                .expect_code(1)?
                .expect_out(&[
                    "Raised DesiredCapacity of asgGPUSpot from 0 to 2.",
                    "Raised DesiredCapacity of asgGPU from 1 to 2.",
                ])
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
            // The call is denied in StandDownSpot alone.
            let by_policy = ["--launch-by", "scaling-policy"];
            let timeout = ["--on-demand-capacity-timeout-seconds", "2"];
            let more = [by_policy, timeout].concat();
            let ran = apply(stage, "run-nothing", &more)?.expect_code(1)?;
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
