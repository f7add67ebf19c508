//! Many instances launched at once, zone by zone: what does not come is asked for elsewhere in the same
//! step, and whatever fails, exactly as many come as are wanted.

mod ways;

use anyhow::{Context, Result, ensure};
use aws_sdk_autoscaling::Client;
use serde_json::{Value, json};
use spotmanager_aws::execution_history::ExecutionHistory;
use spotmanager_fake_aws::{Fault, LaunchRules, Purchase};
use spotmanager_testbed::{Queue, SpotManager, Stage, Suite, expect, poll};

use crate::{
    command::run,
    scale_calls::{called, raised_to},
    sized_pair::expect_sizes,
    workers::{PATIENCE, expect_last, reasons},
};

/// How many jobs may wait for each instance.
const TARGET: usize = 5;
/// The zones of the groups.
const ZONES: [&str; 3] = ["us-east-1a", "us-east-1b", "us-east-1c"];

/// A pair of groups whose instances are launched at once, and the SpotManager that may do that.
struct Launches<'a> {
    stage: &'a Stage,
    name: &'a str,
    spot_manager: SpotManager,
}

impl<'a> Launches<'a> {
    /// Deploys both groups, with room for so many, and sends the jobs that so many instances are for.
    async fn deploy(stage: &'a Stage, name: &'a str, wanted: usize) -> Result<Self> {
        Self::deploy_with(stage, name, wanted, "launch-instances").await
    }

    async fn deploy_with(
        stage: &'a Stage,
        name: &'a str,
        wanted: usize,
        launch_by: &str,
    ) -> Result<Self> {
        let instance_type = format!("t.{name}");
        stage.price(&instance_type, "0.20")?;
        let max_size = wanted.to_string();
        let parameters = [
            ("InstanceType", instance_type.as_str()),
            ("MaxSize", &max_size),
        ];
        let stack = stage.groups(name, &parameters).await?;
        for market in ["spot", "on-demand"] {
            suspend_rebalancing(stage, &format!("{name}-{market}")).await?;
        }
        let queue = Queue::new(&stage.config, stack.output("QueueUrl")?);
        for _ in 0..TARGET * wanted {
            queue.send_job().await?;
        }
        let templates = stack.output("LaunchTemplateArns")?;
        let parameters = [
            ("QueueLogicalId", "queue"),
            ("TargetBacklogPerInstance", "5"),
            ("LaunchBy", launch_by),
            ("LaunchTemplateArns", templates),
        ];
        let spot_manager = stage
            .deploy(&format!("{name}-sm"), name, &parameters)
            .await?;
        Ok(Self {
            stage,
            name,
            spot_manager,
        })
    }

    fn group(&self, market: &str) -> String {
        format!("{}-{market}", self.name)
    }

    /// In each of the zones so many instances are left.
    fn left(&self, purchase: Purchase, left: [usize; 3]) {
        let instance_type = format!("t.{}", self.name);
        for (zone, left) in ZONES.into_iter().zip(left) {
            let market = self.stage.local.market();
            market.set_instances_left(&instance_type, zone, purchase, Some(left));
        }
    }

    fn rules(&self, rules: LaunchRules) {
        for market in ["spot", "on-demand"] {
            self.stage
                .local
                .set_launch_rules(&self.group(market), rules);
        }
    }

    /// Kills *scale* after its call of this number, which took effect.
    fn kill_after(&self, call: usize) {
        let function = format!("{}-sm-scale", self.name);
        let fault = Fault::KilledDuring;
        let local = &self.stage.local;
        local.fail_function_after(&function, "LaunchInstances", fault, [call - 1, 1]);
    }

    async fn run(&self, settings: Value) -> Result<ExecutionHistory> {
        let input = json!({"stack_name": self.name, "settings": settings});
        self.spot_manager.executions.run(&input, PATIENCE).await
    }

    /// Checks how much of a group was asked for in which zone, call by call.
    fn expect_calls(&self, market: &str, expected: &[(&str, usize)]) -> Result<()> {
        let group = self.group(market);
        let calls = called(self.stage, "LaunchInstances", &group);
        let calls: Vec<_> = calls
            .map(|body| {
                let field = |name: &str| {
                    let mut fields = body.split('&');
                    let value = fields.find_map(|field| field.strip_prefix(name));
                    value.unwrap_or_default().to_owned()
                };
                let units = field("RequestedCapacity=");
                (field("AvailabilityZones.member.1="), units.parse().ok())
            })
            .collect();
        let expected: Vec<_> = expected
            .iter()
            .map(|(zone, units)| ((*zone).to_owned(), Some(*units)))
            .collect();
        ensure!(calls == expected, "{market}: {calls:?}");
        Ok(())
    }

    async fn expect_sizes(&self, spot: usize, on_demand: usize) -> Result<()> {
        expect_sizes(self.stage, self.name, [spot, on_demand]).await
    }
}

/// Keeps a group from evening out its zones.
async fn suspend_rebalancing(stage: &Stage, group: &str) -> Result<()> {
    Client::new(&stage.config)
        .suspend_processes()
        .auto_scaling_group_name(group)
        .scaling_processes("AZRebalance")
        .send()
        .await?;
    Ok(())
}

/// How often *scale* ran to scale up, up to the first further round.
fn scale_ups(history: &ExecutionHistory) -> usize {
    let states = history.states();
    states.iter().filter(|state| **state == "ScaleUp").count()
}

pub(crate) fn add(suite: &mut Suite) {
    zones(suite);
    repeated(suite);
    rules(suite);
    ways::add(suite);
}

fn zones(suite: &mut Suite) {
    suite.test(
        "launches: twenty instances are spread over the zones, and known at once",
        async |stage| {
            let launches = Launches::deploy(stage, "li-many", 20).await?;
            let history = launches.run(json!({})).await?;
            let reasons = reasons(&history);
            ensure!(
                reasons == ["SPOT_WITHIN_LIMIT", "BACKLOG_AT_TARGET"],
                "{reasons:?}"
            );
            let [a, b, c] = ZONES;
            launches.expect_calls("spot", &[(a, 7), (b, 7), (c, 6)])?;
            launches.expect_calls("on-demand", &[])?;
            launches.expect_sizes(20, 0).await?;
            let output = history.output_of("ScaleUp").context("no ScaleUp")?;
            expect(output, "/action", "launch_instances")?;
            expect(output, "/outcome", "scaled")?;
            expect(output, "/launched/0/asked", 20)?;
            let zones = output
                .pointer("/launched/0/instances")
                .and_then(Value::as_array);
            let ids = zones
                .into_iter()
                .flatten()
                .filter_map(|zone| Some(zone.get("instance_ids")?.as_array()?.len()));
            let ids: Vec<_> = ids.collect();
            ensure!(ids == [7, 7, 6], "{output:#}");
            ensure!(raised_to(stage, &launches.group("spot")).is_empty());
            ensure!(scale_ups(&history) == 1, "{:?}", history.states());
            Ok(())
        },
    );
    suite.test(
        "launches: what a zone does not have is asked of others, and then of on-demand",
        async |stage| {
            let launches = Launches::deploy(stage, "li-part", 9).await?;
            launches.left(Purchase::Spot, [5, 1, 0]);
            let history = launches.run(json!({})).await?;
            let [a, b, c] = ZONES;
            launches.expect_calls("spot", &[(a, 3), (b, 3), (c, 3), (a, 5)])?;
            launches.expect_calls("on-demand", &[(a, 3)])?;
            launches.expect_sizes(6, 3).await?;
            ensure!(scale_ups(&history) == 1, "{:?}", history.states());
            ensure!(!history.states().contains(&"StandDownSpot"));
            expect_last(&history, "NothingToDo")
        },
    );
    suite.test(
        "launches: without spot on-demand comes in the same step",
        async |stage| {
            let launches = Launches::deploy(stage, "li-none", 4).await?;
            launches.left(Purchase::Spot, [0; 3]);
            let history = launches.run(json!({})).await?;
            launches.expect_sizes(0, 4).await?;
            ensure!(scale_ups(&history) == 1, "{:?}", history.states());
            ensure!(!history.states().contains(&"StandDownSpot"));
            let output = history.output_of("ScaleUp").context("no ScaleUp")?;
            expect(output, "/launched/0/asked", 0)?;
            expect(
                output,
                "/launched/0/errors/0/code",
                "InsufficientInstanceCapacity",
            )?;
            expect(output, "/launched/1/asked", 4)?;
            let looks = history
                .steps
                .iter()
                .filter(|step| step.state == "VerifyCapacity");
            let last = looks
                .filter_map(|step| step.output.pointer("/reported"))
                .next_back();
            let events = last.context("no report")?;
            expect(events, "/0/DetailType", "SpotManager Fallback")?;
            expect(events, "/1/DetailType", "SpotManager Outcome")?;
            expect(events, "/1/Detail/served_by", "on_demand")?;
            run(stage, &["explain", &history.arn])?
                .expect_code(0)?
                .expect_out(&[
                    "outcome: on-demand serves, asgGPU 4 of 4, because spot brought no instance: li-none-spot launched nothing. us-east-1a: InsufficientInstanceCapacity",
                ])?;
            Ok(())
        },
    );
    suite.test(
        "launches: what neither group has at once on-demand goes on trying for",
        async |stage| {
            let launches = Launches::deploy(stage, "li-neither", 3).await?;
            launches.left(Purchase::Spot, [0; 3]);
            launches.left(Purchase::OnDemand, [0, 1, 0]);
            let input = json!({"stack_name": launches.name});
            let executions = &launches.spot_manager.executions;
            let arn = executions.start(&input).await?;
            executions
                .reaches(&arn, "WaitForCapacity", PATIENCE)
                .await?;
            let group = launches.group("on-demand");
            poll("a raise of on-demand", PATIENCE, async || {
                Ok((raised_to(stage, &group) == [3]).then_some(()))
            })
            .await?;
            launches.left(Purchase::OnDemand, [9; 3]);
            let history = executions.ended(&arn, PATIENCE).await?;
            expect_last(&history, "NothingToDo")?;
            launches.expect_sizes(0, 3).await
        },
    );
}

fn repeated(suite: &mut Suite) {
    suite.test(
        "launches: if scale is killed in between, exactly as many come as are wanted",
        async |stage| {
            for (name, call, shows_tokens) in [
                ("li-killed-1", 1, true),
                ("li-killed-2", 2, true),
                ("li-killed-3", 3, true),
                ("li-killed-4", 4, true),
                ("li-hidden-2", 2, false),
                ("li-hidden-4", 4, false),
            ] {
                let launches = Launches::deploy(stage, name, 7).await?;
                launches.rules(LaunchRules {
                    shows_tokens,
                    ..LaunchRules::default()
                });
                launches.left(Purchase::Spot, [3, 1, 2]);
                launches.kill_after(call);
                let history = launches.run(json!({})).await?;
                expect_last(&history, "NothingToDo").context(name)?;
                launches.expect_sizes(6, 1).await.context(name)?;
                ensure!(scale_ups(&history) == 2, "{:?}", history.states());
            }
            Ok(())
        },
    );
    suite.test(
        "launches: an answer that is lost or empty is asked for again under its token",
        async |stage| {
            for (name, fault, times) in [
                ("li-lost", Fault::AnswerLost, 1),
                ("li-lost-all", Fault::AnswerLost, 3),
                ("li-cut-all", Fault::CutAfter, 3),
                ("li-empty", Fault::EmptyAnswer, 1),
            ] {
                let launches = Launches::deploy(stage, name, 4).await?;
                let group = launches.group("spot");
                stage.local.fail("LaunchInstances", &group, fault, times);
                let history = launches.run(json!({})).await?;
                expect_last(&history, "NothingToDo").context(name)?;
                launches.expect_sizes(4, 0).await.context(name)?;
            }
            Ok(())
        },
    );
}

fn rules(suite: &mut Suite) {
    suite.test(
        "launches: whatever AWS does after a failure, no more come than are wanted",
        async |stage| {
            for (name, rules, kill) in [
                (
                    "li-raised",
                    LaunchRules {
                        failures_raise_desired: true,
                        ..LaunchRules::default()
                    },
                    None,
                ),
                (
                    "li-tried-again",
                    LaunchRules {
                        remembers_failures: false,
                        ..LaunchRules::default()
                    },
                    Some(3),
                ),
            ] {
                let launches = Launches::deploy(stage, name, 6).await?;
                launches.rules(rules);
                launches.left(Purchase::Spot, [1, 2, 0]);
                if let Some(call) = kill {
                    launches.kill_after(call);
                }
                let history = launches.run(json!({})).await?;
                expect_last(&history, "NothingToDo").context(name)?;
                launches.expect_sizes(3, 3).await.context(name)?;
            }
            Ok(())
        },
    );
    suite.test(
        "launches: what a failure raised and a killed scale left is waited for, and not asked for twice",
        async |stage| {
            let launches = Launches::deploy(stage, "li-raised-killed", 3).await?;
            launches.rules(LaunchRules {
                failures_raise_desired: true,
                ..LaunchRules::default()
            });
            launches.left(Purchase::Spot, [0; 3]);
            launches.kill_after(1);
            let history = launches.run(json!({})).await?;
            expect_last(&history, "NothingToDo")?;
            launches.expect_sizes(0, 3).await
        },
    );
}
