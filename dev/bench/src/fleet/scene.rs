//! What is played: so many jobs, and the way to scale up.

use std::time::Duration;

use anyhow::{Result, ensure};
use jiff::Timestamp;
use serde_json::json;
use spotmanager_testbed::{TestAlarm, poll};

use super::course::{Course, launches};
use crate::{
    deployed::{Deployed, INSTANCE_TYPE, WORKERS},
    transitions::{Transitions, expect_last},
};

/// How many jobs may wait for each instance.
const TARGET: usize = 5;
/// In real time: 20 instances take that long one by one, at 20 times AWS's speed.
const PATIENCE: Duration = Duration::from_secs(1_200);

/// An alarm, and what it finds.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Scene {
    /// The setting `launch_by`.
    pub(crate) way: &'static str,
    /// How many seconds of AWS a second is.
    pub(crate) speed: u32,
    instances: usize,
    /// Whether a queue says how many instances are needed.
    is_sized: bool,
    has_spot: bool,
    /// From a launch to an instance in service, seconds of AWS.
    launch_seconds: f64,
}

impl Scene {
    /// So many instances by a queue, as fast as AWS.
    pub(crate) fn of_jobs(way: &'static str, instances: usize) -> Self {
        Self {
            way,
            speed: 1,
            instances,
            is_sized: true,
            has_spot: true,
            launch_seconds: 30.0,
        }
    }

    /// One instance without a queue, which is in service at the first look.
    pub(crate) fn of_one(way: &'static str) -> Self {
        Self {
            is_sized: false,
            launch_seconds: 10.0,
            ..Self::of_jobs(way, 1)
        }
    }

    pub(crate) fn at_speed(self, speed: u32) -> Self {
        Self { speed, ..self }
    }

    pub(crate) fn without_spot(self) -> Self {
        Self {
            has_spot: false,
            ..self
        }
    }

    /// Plays it on a local AWS of its own, with functions that are warm.
    pub(crate) async fn play(self) -> Result<Course> {
        println!(
            "── {} instances by {}, at {} times AWS's speed",
            self.instances, self.way, self.speed
        );
        let queue = if self.is_sized { "queueJobs" } else { "" };
        let target = TARGET.to_string();
        let parameters = [
            ("LaunchBy", self.way),
            ("QueueLogicalId", queue),
            ("TargetBacklogPerInstance", &target),
            // Otherwise the rounds end before one instance after the other has come.
            ("MaxRounds", "1000"),
            ("RoundsTimeoutSeconds", "86400"),
        ];
        // The queue's alarm would rise before the last job is sent: an alarm of the scene's own does
        // afterwards.
        let topic = "OperationsTopicArn";
        let max_size = self.instances.to_string();
        let of_workers = [("MaxSize", max_size.as_str())];
        let time_scale = 1.0 / f64::from(self.speed);
        let deployed = Deployed::deploy(time_scale, &parameters, topic, &of_workers).await?;
        let market = deployed.local.market();
        market.set_launch_seconds(INSTANCE_TYPE, self.launch_seconds);
        market.set_on_demand_price(INSTANCE_TYPE, "0.526".parse()?);
        let executions = &deployed.spot_manager.executions;
        let dry_run = json!({"stack_name": WORKERS, "settings": {"dry_run": true}});
        expect_last(&executions.run(&dry_run, PATIENCE).await?, "DryRunEnded")?;
        if !self.has_spot {
            deployed.no_spot();
        }
        let topic_arn = deployed.spot_manager.jobs_topic_arn()?;
        let alarm = TestAlarm::create(&deployed.config, "bench-jobs", topic_arn).await?;
        for _ in 0..TARGET * self.instances {
            deployed.workers.queue.send_job().await?;
        }

        let known = executions.list().await?;
        let calls = deployed.local.calls().len();
        let alarmed_at = Timestamp::now();
        alarm.rise().await?;
        let arn = executions.next_after(&known, PATIENCE).await?;
        executions.ended(&arn, PATIENCE).await?;
        // One that went on in an execution of its own started that before it ended.
        poll("the last execution", PATIENCE, async || {
            Ok((!executions.any_runs().await?).then_some(()))
        })
        .await?;
        let mut histories = Vec::new();
        for arn in executions.list().await?.into_iter().rev() {
            if !known.contains(&arn) {
                histories.push(executions.ended(&arn, PATIENCE).await?);
            }
        }
        let course = Course {
            speed: self.speed,
            alarmed_at,
            transitions: Transitions::of(&histories),
            histories,
            calls: deployed.local.calls().split_off(calls),
            spot: launches(&deployed.config, &deployed.workers.spot_group).await?,
            on_demand: launches(&deployed.config, &deployed.workers.on_demand_group).await?,
        };
        deployed.local.stop().await;
        course.print();
        let came = course.in_service().count();
        ensure!(
            came == self.instances,
            "{came} instances came instead of {}: {course:#?}",
            self.instances
        );
        Ok(course)
    }
}
