//! What a plan came to, as a sentence; and what it would come to.

use std::collections::BTreeMap;

use spotmanager_domain::{
    Capacity, LaunchError, LaunchInstancesCall, LaunchInstancesCalls, LaunchedInstances,
    ScaleOutcome, ScaleOutput, ScalingCall,
    scaling::{Launching, MOST_PLAN_SECONDS, Tokens},
};

use super::{Done, Launcher, call::call_of};
use crate::output;

impl Launcher<'_> {
    /// What was done, group by group, and why it is not more.
    pub(super) fn sentence(&self, groups: &[Done], before: Capacity) -> String {
        let each: Vec<_> = groups.iter().map(of_group).collect();
        if each.is_empty() {
            return format!(
                "{} cannot be asked for more: it asks for {}, its MaxSize is {}, and \
                 MaximumCapacityOfBothGroups, if set, may leave no room.",
                self.request.group.auto_scaling_group_name,
                before.desired_capacity,
                before.max_size
            );
        }
        each.join(" ")
    }

    /// The calls that the plan begins with.
    pub(super) fn dry_run(&self, before: Capacity) -> ScaleOutput {
        let nothing = Tokens::new();
        let first = self.plan.groups.first();
        let calls: Vec<_> = first
            .map(|launches| {
                let group = self.group(launches.market);
                let need = self.plan.units.min(launches.most);
                let mut launching = Launching::new(launches, need, before, &nothing);
                let mut calls: Vec<LaunchInstancesCall> = Vec::new();
                while let Some(asked) = launching.next_call() {
                    launching.came(&asked, asked.units);
                    calls.push(call_of(group, &asked));
                }
                calls
            })
            .unwrap_or_default();
        let name = &self.request.group.auto_scaling_group_name;
        let zones: Vec<_> = calls
            .iter()
            .map(|call| {
                let [zone] = &call.availability_zones;
                format!("{} in {zone}", call.requested_capacity)
            })
            .collect();
        let sentence = if zones.is_empty() {
            format!(
                "Dry run: {name} asks for {} already, or is full.",
                before.desired_capacity
            )
        } else {
            format!(
                "Dry run: would launch {} of {name}, and elsewhere what does not come.",
                zones.join(", ")
            )
        };
        let baseline = first.map_or(before.desired_capacity, |first| first.from);
        let outcome = ScaleOutcome::WouldScale;
        ScaleOutput {
            would_call: (!calls.is_empty())
                .then_some(ScalingCall::LaunchInstances(LaunchInstancesCalls { calls })),
            target_capacity: Some(baseline.saturating_add(self.plan.units)),
            ..output(self.request, outcome, sentence, baseline, before)
        }
    }
}

fn of_group(done: &Done) -> String {
    let launched = &done.launched;
    let name = &launched.auto_scaling_group_name;
    let mut sentences = vec![if launched.instances.is_empty() {
        format!("{name} launched nothing.")
    } else {
        format!("{name} launched {}.", by_zone(&launched.instances))
    }];
    if !launched.errors.is_empty() {
        let why: Vec<_> = launched.errors.iter().map(why).collect();
        sentences.push(format!("{}.", why.join("; ")));
    }
    if let Some(to) = launched.lowered_to {
        sentences.push(format!(
            "Its DesiredCapacity had risen by what did not come, and was lowered to {to}."
        ));
    }
    if done.is_stale {
        sentences.push(format!(
            "What is missing is not launched at once any more, {MOST_PLAN_SECONDS} seconds after it was planned."
        ));
    }
    if let Some(to) = done.raised_to {
        sentences.push(format!("Raised DesiredCapacity of {name} to {to} instead."));
    }
    sentences.join(" ")
}

/// How many instances of which type came in which zone.
fn by_zone(instances: &[LaunchedInstances]) -> String {
    let mut counts: BTreeMap<(&str, &str), usize> = BTreeMap::new();
    for some in instances {
        let count = counts
            .entry((&some.availability_zone, &some.instance_type))
            .or_default();
        *count = count.saturating_add(some.instance_ids.len());
    }
    let counts: Vec<_> = counts
        .into_iter()
        .map(|((zone, instance_type), count)| format!("{count} {instance_type} in {zone}"))
        .collect();
    counts.join(", ")
}

fn why(error: &LaunchError) -> String {
    match &error.availability_zone {
        Some(zone) => format!("{zone}: {}", error.code),
        None => format!(
            "It refuses LaunchInstances with {}: {}",
            error.code, error.message
        ),
    }
}
