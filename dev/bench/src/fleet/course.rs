//! How a scene went: what was asked for, and when what came.

use std::collections::BTreeMap;

use anyhow::{Context, Result, ensure};
use aws_config::SdkConfig;
use aws_sdk_autoscaling::{
    Client,
    primitives::DateTime,
    types::{Activity, ScalingActivityStatusCode},
};
use jiff::Timestamp;
use serde_json::Value;
use spotmanager_fake_aws::RecordedCall;
use spotmanager_testbed::ExecutionHistory;

use crate::{farm::ZONES, tables::listed, transitions::Transitions};

/// The calls that ask a group for instances.
const LAUNCH: [&str; 2] = ["ExecutePolicy", "SetDesiredCapacity"];

/// What an alarm led to.
#[derive(Debug)]
pub(crate) struct Course {
    /// How many seconds of AWS a second is.
    pub(crate) speed: u32,
    pub(crate) alarmed_at: Timestamp,
    pub(crate) transitions: Transitions,
    /// The execution, and those in which it went on.
    pub(crate) histories: Vec<ExecutionHistory>,
    /// Every call since the alarm.
    pub(crate) calls: Vec<RecordedCall>,
    /// The spot group's launches.
    pub(crate) spot: Vec<Activity>,
    /// The on-demand group's launches.
    pub(crate) on_demand: Vec<Activity>,
}

impl Course {
    /// When each instance came into service, epoch seconds.
    pub(crate) fn in_service(&self) -> impl Iterator<Item = f64> {
        let came = Some(ScalingActivityStatusCode::Successful);
        let launches = self.spot.iter().chain(&self.on_demand);
        launches
            .filter(move |launch| launch.status_code() == came.as_ref())
            .filter_map(|launch| launch.end_time().map(DateTime::as_secs_f64))
    }

    /// From the alarm to the last instance in service, seconds of AWS.
    pub(crate) fn in_service_after(&self) -> Result<f64> {
        let last = self.in_service().reduce(f64::max);
        let last = last.context("no instance came")?;
        Ok(self.seconds(epoch_seconds(self.alarmed_at), last))
    }

    /// From the first failed launch in the last of the zones to the answer of the call that asks
    /// on-demand, seconds of AWS.
    pub(crate) fn on_demand_after(&self) -> Result<f64> {
        let mut failed = BTreeMap::<String, f64>::new();
        for launch in &self.spot {
            let details: Value = serde_json::from_str(launch.details().unwrap_or_default())?;
            let zone = details["Availability Zone"].as_str().unwrap_or_default();
            let (Some(at), Some(ScalingActivityStatusCode::Failed)) =
                (launch.start_time(), launch.status_code())
            else {
                continue;
            };
            let first = failed.entry(zone.to_owned()).or_insert(f64::INFINITY);
            *first = first.min(at.as_secs_f64());
        }
        ensure!(
            failed.len() == ZONES.len(),
            "spot was tried in {failed:?}, not in each of {ZONES:?}"
        );
        let last_zone = failed.into_values().fold(0.0, f64::max);
        let mut steps = self.histories.iter().flat_map(|history| &history.steps);
        let asked = steps.rfind(|step| step.state == "ScaleUp");
        let asked = asked.and_then(|step| step.exited_at);
        let asked = asked.context("on-demand was not asked for")?;
        Ok(self.seconds(last_zone, epoch_seconds(asked)))
    }

    /// The calls of the functions, up to the first that asks for instances.
    pub(crate) fn calls_to_launch(&self) -> Result<Vec<String>> {
        let is_function = |call: &&RecordedCall| {
            let program = call.program.as_deref();
            program.is_some_and(|program| program.starts_with("spotmanager-"))
        };
        let calls = self.calls.iter().filter(is_function);
        let mut calls: Vec<_> = calls.map(|call| call.action.clone()).collect();
        let launch = calls
            .iter()
            .position(|action| LAUNCH.contains(&action.as_str()));
        calls.truncate(launch.context("nothing was launched")? + 1);
        Ok(calls)
    }

    /// Prints what the figures were counted from.
    pub(crate) fn print(&self) {
        for history in &self.histories {
            println!("   states: {}", listed(&history.states()));
        }
        match self.calls_to_launch() {
            Ok(calls) => println!("   calls: {}", listed(&calls)),
            Err(error) => println!("   calls: {error}"),
        }
    }

    fn seconds(&self, from: f64, to: f64) -> f64 {
        (to - from) * f64::from(self.speed)
    }
}

/// The launches of a group, also those that failed.
pub(crate) async fn launches(config: &SdkConfig, group: &str) -> Result<Vec<Activity>> {
    let activities = Client::new(config)
        .describe_scaling_activities()
        .auto_scaling_group_name(group)
        .into_paginator()
        .items()
        .send();
    let mut activities: Vec<_> = activities.try_collect().await?;
    activities.retain(|activity| {
        let description = activity.description().unwrap_or_default();
        description.starts_with("Launching")
    });
    Ok(activities)
}

fn epoch_seconds(at: Timestamp) -> f64 {
    at.as_duration().as_secs_f64()
}
