//! How many alarms come, how fast, and against which rates.

use std::{env, fmt, str::FromStr, time::Duration};

use anyhow::{Context, Result, ensure};
use spotmanager_testbed::Stage;
use tokio::time::{Instant, sleep};

use crate::{
    deliveries,
    farms::Farms,
    page,
    report::{Measured, Report},
};

/// How long after the last alarm everything must have ended, seconds of AWS.
const PATIENCE: f64 = 1800.0;

/// A load.
#[derive(Clone, Debug)]
pub(crate) struct Load {
    /// Alarms' transitions, over all stacks.
    pub(crate) transitions: usize,
    /// Stacks with two groups each.
    pub(crate) stacks: usize,
    /// Within how long the transitions are delivered, seconds of AWS.
    pub(crate) within_seconds: f64,
    /// Which share of AWS's rates holds.
    pub(crate) share: f64,
    /// How long a second of AWS lasts, seconds.
    pub(crate) time_scale: f64,
    /// What the deliveries are drawn with.
    pub(crate) seed: u64,
    /// Whether the page is written.
    writes: bool,
}

impl Load {
    /// What `cargo xtask load` asks for, else a small load: a tenth of the rates for a tenth of the
    /// alarms in each second.
    pub(crate) fn from_environment() -> Result<Self> {
        let load = Self {
            transitions: variable("TRANSITIONS", 30)?,
            stacks: variable("STACKS", 6)?,
            within_seconds: variable("WITHIN_SECONDS", 30.0)?,
            share: variable("SHARE", 0.1)?,
            time_scale: variable("TIME_SCALE", 0.5)?,
            seed: variable("SEED", 1)?,
            writes: variable("WRITE", false)?,
        };
        ensure!(
            load.stacks > 0 && load.transitions.is_multiple_of(load.stacks),
            "{load}: every stack should have as many transitions as any other"
        );
        // Each transition of a stack is a second of an hour.
        ensure!(
            load.per_stack() <= 3600,
            "{load}: at most 3600 for each stack"
        );
        let positive = [load.within_seconds, load.share, load.time_scale];
        ensure!(
            positive.iter().all(|number| *number > 0.0),
            "{load}: time, share and time scale should be above 0"
        );
        Ok(load)
    }

    /// Transitions of each stack.
    pub(crate) fn per_stack(&self) -> usize {
        self.transitions / self.stacks
    }

    /// So many seconds of AWS.
    pub(crate) fn real(&self, seconds: f64) -> Duration {
        Duration::from_secs_f64(seconds * self.time_scale)
    }

    /// How many seconds of AWS have passed since `begin`.
    fn passed(&self, begin: Instant) -> f64 {
        begin.elapsed().as_secs_f64() / self.time_scale
    }

    /// Deploys the stacks, lets the alarms come, and checks what came of them.
    pub(crate) async fn run(&self, stage: &Stage) -> Result<()> {
        let farms = Farms::deploy(stage, self).await?;
        let deliveries = deliveries::draw(self);
        let delivered = deliveries.len();
        stage.local.throttle(self.share);
        let begin = Instant::now();
        farms.deliver(stage, self, deliveries, begin).await?;
        let delivered_after = self.passed(begin);
        self.wait_for_the_end(stage, &farms, delivered).await?;
        let ended_after = self.passed(begin);
        stage.local.stop_throttling();

        let calls = stage.local.throttled_calls();
        let outcome = farms.outcome(stage).await?;
        let report = Report {
            load: self,
            measured: Measured {
                deliveries: delivered,
                delivered_after,
                ended_after,
            },
            outcome: &outcome,
            calls: &calls,
        };
        println!("\n{report}");
        report.expect_each_once()?;
        if self.writes {
            page::write(&report)?;
        }
        Ok(())
    }

    /// Waits until every delivery has asked for its execution, and none runs any more.
    async fn wait_for_the_end(
        &self,
        stage: &Stage,
        farms: &Farms,
        deliveries: usize,
    ) -> Result<()> {
        let begin = Instant::now();
        loop {
            let calls = stage.local.throttled_calls();
            let asked = calls
                .iter()
                .find(|calls| calls.action == "StartExecution")
                .map_or(0, |calls| calls.calls - calls.throttled);
            let all_asked = usize::try_from(asked)? >= deliveries;
            if all_asked && !farms.executions().any_runs().await? {
                return Ok(());
            }
            ensure!(
                self.passed(begin) < PATIENCE,
                "after {PATIENCE} seconds {asked} of {deliveries} deliveries have been answered, and {:?}",
                farms.executions().count_by_status().await?
            );
            // Looking costs the emulator time that the executions want.
            sleep(Duration::from_secs(1)).await;
        }
    }
}

impl fmt::Display for Load {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            transitions,
            stacks,
            within_seconds,
            ..
        } = self;
        write!(
            f,
            "{transitions} transitions over {stacks} stacks within {within_seconds} seconds"
        )
    }
}

/// A variable of the environment, where it is set.
fn variable<T>(name: &str, default: T) -> Result<T>
where
    T: FromStr,
    T::Err: std::error::Error + Send + Sync + 'static,
{
    let name = format!("SPOTMANAGER_LOAD_{name}");
    match env::var(&name) {
        Ok(text) => text
            .parse::<T>()
            .with_context(|| format!("{name} is {text:?}")),
        Err(_) => Ok(default),
    }
}
