//! A run of what was drawn, and what has to hold at its end.

use std::{
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use anyhow::{Result, ensure};
use aws_sdk_autoscaling::Client;
use aws_sdk_sqs::{Client as Sqs, types::QueueAttributeName};
use serde_json::json;
use spotmanager_fake_aws::Purchase;
use spotmanager_testbed::{
    GroupSize, SpotManager, Stage, TestAlarm, group_size, poll, wait_for_size,
};

use super::draw::{Drawn, Strike};

/// What a run may take, with all retries of SDK and machine.
const TIME_BOUND: Duration = Duration::from_secs(300);

/// The tracks that nobody uses just now.
#[derive(Debug, Default)]
pub(crate) struct Tracks {
    idle: Mutex<Vec<Track>>,
    deployed: AtomicUsize,
}

impl Tracks {
    /// An idle track for what was drawn, else a new one.
    pub(crate) async fn take(&self, stage: &Stage, drawn: &Drawn) -> Result<Track> {
        let idle = {
            let mut tracks = self.tracks();
            let place = tracks
                .iter()
                .position(|track| track.has_queue == drawn.has_queue);
            place.map(|place| tracks.swap_remove(place))
        };
        match idle {
            Some(track) => Ok(track),
            None => {
                let number = self.deployed.fetch_add(1, Ordering::Relaxed);
                Track::deploy(stage, number, drawn.has_queue).await
            }
        }
    }

    /// Takes a track back that can be used again.
    pub(crate) fn give_back(&self, track: Track) {
        self.tracks().push(track);
    }

    fn tracks(&self) -> std::sync::MutexGuard<'_, Vec<Track>> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A SpotManager and two groups of their own, with two alarms.
#[derive(Debug)]
pub(crate) struct Track {
    has_queue: bool,
    name: String,
    spot_manager: SpotManager,
    alarms: [TestAlarm; 2],
}

/// What came of a run.
#[derive(Debug)]
struct Ended {
    /// The states of each execution, and its error.
    ways: Vec<String>,
    /// Whether somebody was notified, or Lambda kept the event.
    is_reported: bool,
    spot: GroupSize,
    on_demand: GroupSize,
}

impl Track {
    async fn deploy(stage: &Stage, number: usize, has_queue: bool) -> Result<Self> {
        let name = format!("pairs-{number}");
        let mut parameters = vec![
            ("MaxRounds", "1"),
            ("HonorCooldown", "false"),
            ("LaunchFailureWindowSeconds", "0"),
            ("ReplaceLostCapacity", "true"),
        ];
        if has_queue {
            parameters.push(("QueueLogicalId", "queue"));
        }
        let stack = format!("{name}-sm");
        let spot_manager = stage.deploy(&stack, &name, &parameters).await?;
        let topic = spot_manager.jobs_topic_arn()?;
        let alarms = [
            TestAlarm::create(&stage.config, &name, topic).await?,
            TestAlarm::create(&stage.config, &format!("{name}-2"), topic).await?,
        ];
        let track = Self {
            has_queue,
            name,
            spot_manager,
            alarms,
        };
        let instance_type = track.instance_type();
        stage.price(&instance_type, "0.20")?;
        let parameters = [("InstanceType", instance_type.as_str()), ("MaxSize", "4")];
        stage.groups(&track.name, &parameters).await?;
        Ok(track)
    }

    /// Runs what was drawn, and holds what came of it against what has to.
    pub(crate) async fn run(&self, stage: &Stage, drawn: &Drawn) -> Result<()> {
        let events = drawn.events;
        self.reset(stage).await?;
        let (spot, on_demand) = (self.group("spot"), self.group("on-demand"));
        if events.loses() {
            self.have(stage, &spot, 1).await?;
        }
        if events.returns() {
            self.have(stage, &on_demand, 1).await?;
        }
        if !drawn.has_spot {
            stage.no_capacity(&self.instance_type(), Purchase::Spot);
        }
        let known = self.spot_manager.executions.list().await?;
        for strike in &drawn.strikes {
            self.plan(stage, strike);
        }
        self.happen(stage, drawn, &known).await?;
        let ended = self.ended(stage, &known, drawn).await;
        for function in ["start", "discover", "evaluate", "scale", "verify"] {
            let _ = stage.local.mend_function(&self.function(function));
        }
        ended?.expect_right(drawn)
    }

    fn plan(&self, stage: &Stage, strike: &Strike) {
        let name = self.function(strike.function);
        stage.local.fail_function_after(
            &name,
            strike.action,
            strike.fault,
            [strike.after, strike.times],
        );
    }

    async fn happen(&self, stage: &Stage, drawn: &Drawn, known: &[String]) -> Result<()> {
        let executions = &self.spot_manager.executions;
        let [first, second] = &self.alarms;
        use super::draw::Events as E;
        match drawn.events {
            E::Alarm | E::TwoAlarms | E::AlarmThenLoss => first.rise().await?,
            E::Loss | E::LossThenAlarm => {
                stage.local.interrupt(&self.group("spot")).await?;
            }
            E::Return | E::ReturnThenAlarm => {
                let input = json!({"stack_name": self.name, "purpose": "return_to_spot"});
                executions.start(&input).await?;
            }
        }
        if matches!(drawn.events, E::Alarm | E::Loss | E::Return) {
            return Ok(());
        }
        // If *start* fails there is none, and the second event comes all the same.
        let soon = Duration::from_secs(5);
        if let Ok(arn) = executions.next_after(known, soon).await {
            let reaches = executions.reaches(&arn, drawn.meets_in, soon).await;
            drop(reaches);
        }
        match drawn.events {
            E::AlarmThenLoss => {
                stage.local.interrupt(&self.group("spot")).await?;
            }
            _ => second.rise().await?,
        }
        Ok(())
    }

    /// Waits until no execution runs any more and the groups have what they can have.
    async fn ended(&self, stage: &Stage, known: &[String], drawn: &Drawn) -> Result<Ended> {
        let executions = &self.spot_manager.executions;
        let events = match drawn.events {
            super::draw::Events::Alarm
            | super::draw::Events::Loss
            | super::draw::Events::Return => 1,
            _ => 2,
        };
        let (spot, on_demand) = (self.group("spot"), self.group("on-demand"));
        let (arns, dead_letters, spot, on_demand) =
            poll("all of it ending", TIME_BOUND, async || {
                let arns = executions.list().await?;
                let arns: Vec<_> = arns
                    .into_iter()
                    .filter(|arn| !known.contains(arn))
                    .collect();
                let dead_letters = self.dead_letters(stage).await?;
                if arns.len() + dead_letters < events || executions.any_runs().await? {
                    return Ok(None);
                }
                let spot = group_size(&stage.config, &spot).await?;
                let on_demand = group_size(&stage.config, &on_demand).await?;
                let is_settled = |size: GroupSize| GroupSize::settled(size.in_service) == size;
                let settled = is_settled(on_demand) && (!drawn.has_spot || is_settled(spot));
                Ok(settled.then_some((arns, dead_letters, spot, on_demand)))
            })
            .await?;
        let mut ended = Ended {
            ways: Vec::new(),
            is_reported: dead_letters > 0,
            spot,
            on_demand,
        };
        for arn in arns {
            let history = executions.ended(&arn, TIME_BOUND).await?;
            let states = history.states();
            ended.is_reported |= history.error.is_some() || states.contains(&"Notify");
            let way = states.join(" ");
            ended.ways.push(match &history.error {
                Some(error) => format!("{way}: {error}"),
                None => way,
            });
        }
        Ok(ended)
    }

    async fn dead_letters(&self, stage: &Stage) -> Result<usize> {
        let url = self.spot_manager.stack.output("DeadLetterQueueUrl")?;
        let name = QueueAttributeName::ApproximateNumberOfMessages;
        let asked = Sqs::new(&stage.config)
            .get_queue_attributes()
            .queue_url(url);
        let attributes = asked.attribute_names(name.clone()).send().await?;
        let found = attributes.attributes().and_then(|found| found.get(&name));
        Ok(found.map_or(Ok(0), |text| text.parse())?)
    }

    /// Empties both groups and the dead-letter queue, with capacity for all.
    async fn reset(&self, stage: &Stage) -> Result<()> {
        let url = self.spot_manager.stack.output("DeadLetterQueueUrl")?;
        let purge = Sqs::new(&stage.config).purge_queue().queue_url(url);
        purge.send().await?;
        stage.capacity_again(&self.instance_type(), Purchase::Spot);
        for group in [self.group("spot"), self.group("on-demand")] {
            self.have(stage, &group, 0).await?;
        }
        Ok(())
    }

    async fn have(&self, stage: &Stage, group: &str, size: usize) -> Result<()> {
        Client::new(&stage.config)
            .set_desired_capacity()
            .auto_scaling_group_name(group)
            .desired_capacity(i32::try_from(size)?)
            .send()
            .await?;
        wait_for_size(&stage.config, group, size, TIME_BOUND).await
    }

    fn instance_type(&self) -> String {
        format!("t.{}", self.name)
    }

    fn group(&self, which: &str) -> String {
        format!("{}-{which}", self.name)
    }

    fn function(&self, function: &str) -> String {
        format!("{}-{function}", self.spot_manager.stack.name)
    }
}

impl Ended {
    /// No event is without its capacity unless somebody was notified, and none has it twice.
    fn expect_right(&self, drawn: &Drawn) -> Result<()> {
        let events = drawn.events;
        let there = i32::from(events.loses()) + i32::from(events.returns());
        // With a queue one alarm's execution asks for all that is missing.
        let least = if drawn.has_queue {
            there + events.alarms().min(1)
        } else {
            there + events.alarms()
        };
        let most = there + events.alarms();
        let in_service = self.spot.in_service + self.on_demand.in_service;
        let in_service = i32::try_from(in_service)?;
        ensure!(
            in_service >= least || self.is_reported,
            "{in_service} in service of {least}, and nobody was notified: {self:?}"
        );
        ensure!(
            in_service <= most || self.is_reported,
            "{in_service} in service of {most}: {self:?}"
        );
        Ok(())
    }
}
