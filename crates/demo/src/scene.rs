//! The scenes. Each is started by what starts it in production alone: the queue's length.

use std::time::Duration;

use anyhow::{Context, Result, ensure};
use clap::ValueEnum;
use jiff::{SignedDuration, Timestamp};
use rust_decimal::Decimal;
use serde_json::json;
use spotmanager_cli::Story;
use spotmanager_deployment::{GroupSize, wait_for_size};
use spotmanager_local::{PriceChange, Purchase};

use crate::{
    groups::{self, Sizes},
    progress::during,
    stage::Stage,
};

/// What the example workers launch.
const INSTANCE_TYPE: &str = "g4dn.xlarge";
const ZONES: [&str; 3] = ["us-east-1a", "us-east-1b", "us-east-1c"];
/// What any step of a scene may take; all of them together take far less.
const PATIENCE: Duration = Duration::from_secs(60);

/// A scene of the demo.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Scene {
    /// Spot is cheap, and the spot group scales up.
    SpotIsCheap,
    /// Spot is above the limit, and the on-demand group scales up.
    SpotIsDear,
    /// Spot is cheap but cannot be had: on-demand takes over.
    NoSpotCapacity,
    /// The queue is empty, and both groups scale down.
    NoMoreJobs,
    /// Spot could not be had minutes ago, and on-demand is taken at once.
    RecentFailures,
    /// A dry run, started by hand: every step and reason, and nothing changed.
    DryRun,
}

impl Scene {
    /// What is played unless a scene is asked for by name.
    pub(crate) const USUAL: [Self; 4] = [
        Self::SpotIsCheap,
        Self::SpotIsDear,
        Self::NoSpotCapacity,
        Self::NoMoreJobs,
    ];

    pub(crate) fn name(self) -> String {
        self.to_possible_value()
            .map_or_else(String::new, |value| value.get_name().to_owned())
    }

    pub(crate) fn title(self) -> &'static str {
        match self {
            Self::SpotIsCheap => "Spot is cheap: the spot group scales up",
            Self::SpotIsDear => "Spot is above the limit: the on-demand group scales up",
            Self::NoSpotCapacity => "Spot is cheap but EC2 has none: on-demand takes over",
            Self::NoMoreJobs => "The queue is empty: both groups scale down, and nothing decides",
            Self::RecentFailures => {
                "Spot failed minutes ago: on-demand at once, however cheap spot is"
            }
            Self::DryRun => "A dry run: what would be done, and nothing is",
        }
    }

    /// Plays the scene; the error says what was not as expected. Gives the execution's ARN.
    pub(crate) async fn play(self, stage: &Stage) -> Result<Option<String>> {
        let expected = match self {
            Self::SpotIsCheap => Expected {
                reason: "SPOT_WITHIN_LIMIT",
                visited: &[],
                in_service: (1, 0),
            },
            Self::SpotIsDear => Expected {
                reason: "SPOT_ABOVE_LIMIT",
                visited: &[],
                in_service: (0, 1),
            },
            Self::NoSpotCapacity => NO_SPOT_CAPACITY,
            Self::RecentFailures => Expected {
                reason: "RECENT_LAUNCH_FAILURES",
                visited: &[],
                in_service: (0, 1),
            },
            Self::NoMoreJobs => return no_more_jobs(stage).await.map(|()| None),
            Self::DryRun => return dry_run(stage).await.map(Some),
        };
        let is_dear = self == Self::SpotIsDear;
        let is_outage = matches!(self, Self::NoSpotCapacity | Self::RecentFailures);
        set_market(stage, is_dear, !is_outage);
        empty(stage).await?;
        if self == Self::RecentFailures {
            println!("First a job that finds no spot capacity:");
            jobs_to_do(stage, NO_SPOT_CAPACITY).await?;
            empty(stage).await?;
        }
        jobs_to_do(stage, expected).await.map(Some)
    }
}

/// What becomes of a job when spot is cheap and cannot be had.
const NO_SPOT_CAPACITY: Expected = Expected {
    reason: "SPOT_WITHIN_LIMIT",
    visited: &["StandDownSpot"],
    in_service: (0, 1),
};

/// How an execution should go and end.
struct Expected {
    reason: &'static str,
    visited: &'static [&'static str],
    /// Instances in service, spot and on-demand.
    in_service: (usize, usize),
}

/// A job is sent; the alarm sees it, and an execution answers the alarm.
async fn jobs_to_do(stage: &Stage, expected: Expected) -> Result<String> {
    let executions = &stage.spot_manager.executions;
    let before = Sizes::now(stage).await?;
    let known = executions.list().await?;
    let history = during(
        "a job is sent, the alarm rises, an execution answers it",
        async {
            stage.workers.queue.send_job().await?;
            let arn = executions.next_after(&known, PATIENCE).await?;
            executions.ended(&arn, PATIENCE).await
        },
    )
    .await?;
    let after = Sizes::now(stage).await?;
    print!("{}", Story::of(&history));
    println!("{}", groups::table(stage, before, after).trim_fmt());

    ensure!(
        history.status == "SUCCEEDED",
        "the execution {}",
        history.status
    );
    let reason = history
        .output_of("Evaluate")
        .and_then(|output| output.pointer("/verdict/reason")?.as_str())
        .context("the execution made no decision")?;
    ensure!(
        reason == expected.reason,
        "the reason is {reason} instead of {}",
        expected.reason
    );
    for state in expected.visited {
        ensure!(
            history.states().contains(state),
            "the execution did not visit {state}"
        );
    }
    let size = |in_service: usize| GroupSize {
        desired: i32::try_from(in_service).unwrap_or(i32::MAX),
        in_service,
    };
    let (spot, on_demand) = expected.in_service;
    let wanted = Sizes {
        spot: size(spot),
        on_demand: size(on_demand),
    };
    ensure!(
        after == wanted,
        "the groups are {after:?} instead of {wanted:?}"
    );
    Ok(history.arn)
}

/// An execution is started by hand, with the setting that only this run has.
async fn dry_run(stage: &Stage) -> Result<String> {
    set_market(stage, false, true);
    empty(stage).await?;
    let executions = &stage.spot_manager.executions;
    let before = Sizes::now(stage).await?;
    let input = json!({"stack_name": stage.workers.stack.name, "settings": {"dry_run": true}});
    println!("input: {input}");
    let history = during("an execution is started by hand", async {
        let arn = executions.start(&input).await?;
        executions.ended(&arn, PATIENCE).await
    })
    .await?;
    let after = Sizes::now(stage).await?;
    print!("{}", Story::of(&history));
    println!("{}", groups::table(stage, before, after).trim_fmt());
    let call = history
        .output_of("ScaleUp")
        .and_then(|output| output.get("would_call"))
        .context("the execution tells no call")?;
    println!("would call: {call}");
    ensure!(before == after, "{before:?} became {after:?}");
    Ok(history.arn)
}

/// The queue is emptied; the alarm for no more jobs fires both scale-down policies itself.
async fn no_more_jobs(stage: &Stage) -> Result<()> {
    let executions = &stage.spot_manager.executions;
    let mut before = Sizes::now(stage).await?;
    if before.spot.in_service + before.on_demand.in_service == 0 {
        set_market(stage, false, true);
        let known = executions.list().await?;
        during("first a job, for an instance to scale down", async {
            stage.workers.queue.send_job().await?;
            let arn = executions.next_after(&known, PATIENCE).await?;
            executions.ended(&arn, PATIENCE).await
        })
        .await?;
        before = Sizes::now(stage).await?;
    }
    let known = executions.list().await?;
    during(
        "the last job is done, the alarm fires both scale-down policies",
        empty_groups(stage),
    )
    .await?;
    let after = Sizes::now(stage).await?;
    println!("{}", groups::table(stage, before, after).trim_fmt());
    let started = executions.list().await?.len() - known.len();
    println!("executions started: {started}");
    ensure!(started == 0, "{started} executions were started");
    Ok(())
}

/// Brings both groups back to nothing, where a scene before left an instance.
async fn empty(stage: &Stage) -> Result<()> {
    let sizes = Sizes::now(stage).await?;
    if sizes.spot.desired + sizes.on_demand.desired == 0 {
        return Ok(());
    }
    during(
        "the job before is done, and its instance goes",
        empty_groups(stage),
    )
    .await
}

async fn empty_groups(stage: &Stage) -> Result<()> {
    stage.workers.queue.drain().await?;
    for group in [&stage.workers.spot_group, &stage.workers.on_demand_group] {
        wait_for_size(&stage.config, group, 0, PATIENCE).await?;
    }
    Ok(())
}

/// Sets an hour of prices in every zone, below the example's limit or far above it in the last
/// half hour, and whether EC2 has spot capacity.
fn set_market(stage: &Stage, is_dear: bool, has_capacity: bool) {
    let market = stage.local.market();
    let now = Timestamp::now();
    for (zone, cents) in ZONES.into_iter().zip([16, 19, 22]) {
        let change = |minutes_ago: i64, cents: i64| PriceChange {
            at: now - SignedDuration::from_mins(minutes_ago),
            usd: Decimal::new(cents, 2),
        };
        let recent = if is_dear { cents + 40 } else { cents + 1 };
        let changes = vec![change(180, cents), change(40, recent)];
        market.set_price_history(INSTANCE_TYPE, zone, changes);
        market.set_capacity(INSTANCE_TYPE, zone, Purchase::Spot, has_capacity);
    }
}
