//! As many instances at once as the queue's jobs need.

use anyhow::{Context, Result, ensure};
use aws_sdk_autoscaling::Client;
use serde_json::{Value, json};
use spotmanager_aws::execution_history::ExecutionHistory;
use spotmanager_fake_aws::{Fault, Purchase};
use spotmanager_testbed::{GroupSize, Queue, SpotManager, Stage, Suite, expect, group_size};

use crate::{
    by_hand::groups,
    command::{Ran, run},
    scale_calls::{called, raised_to},
    sized_pair::{expect_sizes, rise_twice},
    workers::{PATIENCE, expect_last, reasons},
};

/// How many jobs may wait for each instance.
const TARGET: usize = 5;
/// The settings with which an execution looks at the queue.
const SIZED: [(&str, &str); 2] = [
    ("QueueLogicalId", "queue"),
    ("TargetBacklogPerInstance", "5"),
];

/// A pair of groups with jobs in its queue, and the SpotManager that sizes it.
struct Sized<'a> {
    stage: &'a Stage,
    name: &'a str,
    spot_manager: SpotManager,
}

impl<'a> Sized<'a> {
    /// Deploys both groups with this MaxSize, and sends the jobs that so many instances are for.
    async fn deploy(
        stage: &'a Stage,
        name: &'a str,
        max_size: &str,
        wanted: usize,
    ) -> Result<Self> {
        let spot_manager = stage.deploy(&format!("{name}-sm"), name, &SIZED).await?;
        let instance_type = format!("t.{name}");
        stage.price(&instance_type, "0.20")?;
        let parameters = [
            ("InstanceType", instance_type.as_str()),
            ("MaxSize", max_size),
        ];
        let stack = stage.groups(name, &parameters).await?;
        let queue = Queue::new(&stage.config, stack.output("QueueUrl")?);
        for _ in 0..TARGET * wanted {
            queue.send_job().await?;
        }
        Ok(Self {
            stage,
            name,
            spot_manager,
        })
    }

    fn group(&self, market: &str) -> String {
        format!("{}-{market}", self.name)
    }

    fn instances_left(&self, purchase: Purchase, left: usize) {
        let instance_type = format!("t.{}", self.name);
        self.stage.instances_left(&instance_type, purchase, left);
    }

    async fn run(&self, settings: Value) -> Result<ExecutionHistory> {
        let input = json!({"stack_name": self.name, "settings": settings});
        self.spot_manager.executions.run(&input, PATIENCE).await
    }

    /// Checks what each group was raised to, in turn, and how many instances it has for it.
    async fn expect_raised(&self, spot: &[i32], on_demand: &[i32]) -> Result<()> {
        for (market, expected) in [("spot", spot), ("on-demand", on_demand)] {
            let group = self.group(market);
            let raised = raised_to(self.stage, &group);
            ensure!(raised == expected, "{group} was raised to {raised:?}");
        }
        Ok(())
    }

    async fn expect_sizes(&self, spot: usize, on_demand: usize) -> Result<()> {
        expect_sizes(self.stage, self.name, [spot, on_demand]).await
    }
}

pub(crate) fn add(suite: &mut Suite) {
    both_markets(suite);
    suite.test(
        "sizing: a hundred jobs are twenty instances, with one call",
        async |stage| {
            let sized = Sized::deploy(stage, "sized-many", "20", 20).await?;
            let history = sized.run(json!({})).await?;
            let reasons = reasons(&history);
            ensure!(
                reasons == ["SPOT_WITHIN_LIMIT", "BACKLOG_AT_TARGET"],
                "{reasons:?}"
            );
            sized.expect_raised(&[20], &[]).await?;
            sized.expect_sizes(20, 0).await?;
            // As many states as for one instance, and the look at the queue.
            let states = history.states();
            let looks = states.iter().filter(|state| **state == "VerifyCapacity");
            let decision = ["Discover", "Evaluate", "NextStep"];
            let expected = [
                &decision[..],
                &["ScaleUp"],
                &["WaitForCapacity", "VerifyCapacity", "NextStep"].repeat(looks.count()),
                &decision,
                &["NothingToDo"],
            ]
            .concat();
            ensure!(states == expected, "{states:?}");
            Ok(())
        },
    );
    suite.test(
        "sizing: of two alarms within a second one brings what is wanted",
        async |stage| {
            let sized = Sized::deploy(stage, "sized-twice", "20", 4).await?;
            rise_twice(stage, sized.name, &sized.spot_manager).await?;
            sized.expect_raised(&[4], &[]).await?;
            sized.expect_sizes(4, 0).await
        },
    );
    suite.test(
        "sizing: a raise whose answer is lost takes effect once",
        async |stage| {
            let sized = Sized::deploy(stage, "sized-lost", "9", 3).await?;
            let (call, group) = ("SetDesiredCapacity", sized.group("spot"));
            // The SDK sends it once.
            stage.local.fail(call, &group, Fault::AnswerLost, 1);
            let history = sized.run(json!({})).await?;
            expect_last(&history, "NothingToDo")?;
            let mut scale_ups = history.steps.iter().filter(|step| step.state == "ScaleUp");
            let first = scale_ups.next().context("no ScaleUp")?;
            let errors: Vec<_> = first.failures.iter().map(|failed| &failed.error).collect();
            ensure!(errors == ["SpotManager.OutcomeUnknown"], "{errors:?}");
            ensure!(scale_ups.next().is_none(), "{history:#?}");
            sized.expect_raised(&[3], &[]).await?;
            sized.expect_sizes(3, 0).await
        },
    );
    suite.test(
        "sizing: without a queue one instance comes, by the policy unless the setting says otherwise",
        async |stage| {
            let executions = &stage.spot_manager().await?.executions;
            for (stack, launch_by, raised) in [
                ("sized-policy", "automatic", &[][..]),
                ("sized-one", "desired-capacity", &[1]),
            ] {
                groups(stage, stack, "3").await?;
                let settings = json!({"launch_by": launch_by});
                let input = json!({"stack_name": stack, "settings": settings});
                let history = executions.run(&input, PATIENCE).await?;
                expect_last(&history, "CapacityArrived")?;
                let group = format!("{stack}-spot");
                ensure!(raised_to(stage, &group) == raised, "{history:#?}");
                let policies = called(stage, "ExecutePolicy", &group).count();
                ensure!(policies == 1 - raised.len(), "{policies} policies");
                let size = group_size(&stage.config, &group).await?;
                ensure!(size == GroupSize::settled(1), "{size:?}");
            }
            Ok(())
        },
    );
}

fn both_markets(suite: &mut Suite) {
    suite.test(
        "sizing: on-demand is asked at once for what spot has no room for",
        async |stage| {
            let sized = Sized::deploy(stage, "sized-room", "5", 5).await?;
            limit(stage, &sized.group("spot"), 2).await?;
            let history = sized.run(json!({})).await?;
            expect_last(&history, "NothingToDo")?;
            let states = history.states();
            let at_once = [
                "ScaleUp",
                "WaitForCapacity",
                "VerifyCapacity",
                "NextStep",
                "ScaleUp",
            ];
            let is_at_once = states.windows(at_once.len()).any(|some| some == at_once);
            ensure!(is_at_once, "{states:?}");
            ensure!(!states.contains(&"StandDownSpot"), "{states:?}");
            sized.expect_raised(&[2], &[3]).await?;
            sized.expect_sizes(2, 3).await?;
            explain(stage, &history)?.expect_out(&[
                "outcome: spot serves, asgGPUSpot 2 of 2, and on-demand in addition, asgGPU 3 of 3; ",
            ])
        },
    );
    suite.test(
        "sizing: what spot brings stays, and on-demand brings the rest",
        async |stage| {
            let sized = Sized::deploy(stage, "sized-part", "4", 4).await?;
            sized.instances_left(Purchase::Spot, 2);
            let history = sized.run(json!({})).await?;
            let reasons = reasons(&history);
            ensure!(
                reasons == ["SPOT_WITHIN_LIMIT", "BACKLOG_AT_TARGET"],
                "{reasons:?}"
            );
            let stood_down = history
                .output_of("StandDownSpot")
                .context("not stood down")?;
            expect(stood_down, "/outcome", "stood_down")?;
            expect(stood_down, "/capacity_before/in_service", 2)?;
            // To four, and back to the two that came.
            sized.expect_raised(&[4, 2], &[2]).await?;
            sized.expect_sizes(2, 2).await?;
            explain(stage, &history)?.expect_out(&[
                "outcome: on-demand serves, asgGPU 2 of 2, because spot brought only 2: A launch failed",
            ])
        },
    );
    suite.test(
        "sizing: on-demand that brings a part fails, and what came stays",
        async |stage| {
            let sized = Sized::deploy(stage, "sized-rest", "4", 4).await?;
            sized.instances_left(Purchase::Spot, 0);
            sized.instances_left(Purchase::OnDemand, 3);
            let timeout = json!({"on_demand_capacity_timeout_seconds": 120});
            let history = sized.run(timeout).await?;
            ensure!(history.status == "FAILED", "{history:#?}");
            let error = history.error.as_deref();
            ensure!(error == Some("SpotManager.NoCapacity"), "{history:#?}");
            ensure!(history.states().contains(&"Notify"), "{history:#?}");
            sized.expect_raised(&[4, 0], &[4]).await?;
            let size = group_size(&stage.config, &sized.group("on-demand")).await?;
            ensure!((size.desired, size.in_service) == (4, 3), "{size:?}");
            explain(stage, &history)?
                .expect_out(&["outcome: failed, 3 arrived, and more are wanted: "])
        },
    );
    suite.test(
        "sizing: both groups together have no more than the setting allows",
        async |stage| {
            let sized = Sized::deploy(stage, "sized-both", "9", 5).await?;
            let history = sized
                .run(json!({"maximum_capacity_of_both_groups": 3}))
                .await?;
            let reasons = reasons(&history);
            ensure!(
                reasons == ["SPOT_WITHIN_LIMIT", "BOTH_GROUPS_AT_MAXIMUM"],
                "{reasons:?}"
            );
            expect_last(&history, "NothingToDo")?;
            sized.expect_raised(&[3], &[]).await?;
            sized.expect_sizes(3, 0).await
        },
    );
}

/// What `spotmanager explain` says of an execution.
fn explain(stage: &Stage, history: &ExecutionHistory) -> Result<Ran> {
    run(stage, &["explain", &history.arn])?.expect_code(0)
}

/// Lets a group have so many instances at most.
async fn limit(stage: &Stage, group: &str, max_size: i32) -> Result<()> {
    Client::new(&stage.config)
        .update_auto_scaling_group()
        .auto_scaling_group_name(group)
        .max_size(max_size)
        .send()
        .await?;
    Ok(())
}
