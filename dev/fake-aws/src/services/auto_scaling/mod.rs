//! Auto Scaling, as far as the emulator lacks it: capacity, instances, activities and policies.
//!
//! The emulator keeps the definitions of groups and policies, for CloudFormation writes them
//! there; the front keeps what the emulator drops (a mixed instances policy, a launch
//! configuration's spot price) and what happens over time.

mod activity;
mod definitions;
mod describe;
mod detach;
mod failed_launches;
mod filters;
mod group;
mod interruption;
mod launch;
mod launch_instances;
mod policy;
mod protection;
mod scale;
mod suspend;
mod updates;
mod warm_pool;

use std::{
    collections::{HashMap, HashSet},
    sync::Arc,
};

use jiff::Timestamp;
use tokio::sync::Mutex;

use crate::{
    LaunchRules, LocalAwsError, Market,
    control::launch_rules::RulesOfGroups,
    emulator::EmulatorClient,
    front::{
        reply::Reply,
        request::Request,
        xml::{LaunchTemplateSpecification, MixedInstancesPolicy, WarmPoolConfiguration},
    },
};
use group::Group;
use launch_instances::{LaunchedByToken, Tokens};

const VERSION: &str = "2011-01-01";

#[derive(Debug)]
pub(crate) struct AutoScaling {
    emulator: EmulatorClient,
    market: Market,
    time_scale: f64,
    launch_rules: RulesOfGroups,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    groups: HashMap<String, Group>,
    mixed_instances_policies: HashMap<String, MixedInstancesPolicy>,
    launch_configurations: HashMap<String, String>,
    /// Those that an update names; what a group was created with the emulator keeps.
    launch_templates: HashMap<String, LaunchTemplateSpecification>,
    /// By launch configuration.
    spot_prices: HashMap<String, String>,
    /// By group.
    warm_pools: HashMap<String, WarmPoolConfiguration>,
    /// The groups whose process AZRebalance is suspended.
    without_rebalancing: HashSet<String>,
    /// Those of LaunchInstances.
    tokens: Tokens,
    /// What LaunchInstances has launched, as EC2 finds it by token.
    by_token: Vec<LaunchedByToken>,
}

impl AutoScaling {
    pub(crate) fn new(emulator: EmulatorClient, market: Market, time_scale: f64) -> Self {
        Self {
            emulator,
            market,
            time_scale,
            launch_rules: RulesOfGroups::default(),
            state: Mutex::default(),
        }
    }

    /// Answers what the emulator lacks; `None` means that the emulator answers.
    pub(crate) async fn handle(
        self: &Arc<Self>,
        request: &Request,
    ) -> Result<Option<Reply>, LocalAwsError> {
        Ok(match request.action.as_str() {
            "DescribeAutoScalingGroups" => Some(self.describe_groups(request).await?),
            "DescribeAutoScalingInstances" => Some(self.describe_instances(request).await?),
            "DescribeScalingActivities" => Some(self.describe_activities(request).await),
            "DetachInstances" => Some(self.detach_instances(request).await?),
            "ExecutePolicy" => Some(self.execute_policy_call(request).await?),
            "LaunchInstances" => Some(self.launch_instances(request).await?),
            "SuspendProcesses" => Some(self.suspend_processes(request).await?),
            "ResumeProcesses" => Some(self.resume_processes(request).await),
            "PutWarmPool" => Some(self.put_warm_pool(request).await?),
            "SetInstanceProtection" => Some(self.set_instance_protection(request).await?),
            "SetDesiredCapacity" => Some(self.set_desired_capacity(request).await?),
            "DescribeLaunchConfigurations" => {
                Some(self.describe_launch_configurations(request).await?)
            }
            "CreateLaunchConfiguration" => {
                if let (Some(name), Some(price)) = (
                    request.get("LaunchConfigurationName"),
                    request.get("SpotPrice"),
                ) {
                    let prices = &mut self.state.lock().await.spot_prices;
                    prices.insert(name.to_owned(), price.to_owned());
                }
                None
            }
            "UpdateAutoScalingGroup" => {
                self.note_update(request).await?;
                None
            }
            _ => None,
        })
    }

    /// Lets time pass: what is due is launched, terminated, put into service.
    pub(crate) async fn tick(&self) {
        let now = Timestamp::now();
        for group in self.state.lock().await.groups.values_mut() {
            group.tick(now, &self.market, self.time_scale);
        }
    }

    /// Sets what a group does if LaunchInstances is called on it.
    pub(crate) fn set_launch_rules(&self, group: &str, rules: LaunchRules) {
        self.launch_rules.set(group, rules);
    }

    /// Makes a group's tokens older, by so many seconds of AWS.
    pub(crate) async fn age_launch_tokens(&self, group: &str, seconds: f64) {
        let mut state = self.state.lock().await;
        state.tokens.age(group, seconds * self.time_scale);
    }

    /// Keeps what the emulator would drop of an update, and follows its DesiredCapacity.
    async fn note_update(&self, request: &Request) -> Result<(), LocalAwsError> {
        let Some(name) = request.get("AutoScalingGroupName") else {
            return Ok(());
        };
        let described = self.described(name).await?;
        let policy = described.and_then(|group| group.mixed_instances_policy);
        {
            let mut state = self.state.lock().await;
            if let Some(policy) = updates::mixed_instances_policy(request) {
                state
                    .mixed_instances_policies
                    .insert(name.to_owned(), policy);
            } else if let Some(template) = updates::launch_template(request) {
                state.mixed_instances_policies.remove(name);
                state.launch_configurations.remove(name);
                state.launch_templates.insert(name.to_owned(), template);
            } else if let Some(policy) =
                policy.map(|policy| updates::redistributed(policy, request))
            {
                let policies = &mut state.mixed_instances_policies;
                policies.insert(name.to_owned(), policy);
            }
            if let Some(configuration) = request.get("LaunchConfigurationName") {
                state
                    .launch_configurations
                    .insert(name.to_owned(), configuration.to_owned());
            }
        }
        if request.get("DesiredCapacity").is_some() {
            let _ = self.set_desired_capacity(request).await?;
        }
        Ok(())
    }
}

fn numbered(prefix: &str, values: &[String]) -> Vec<(String, String)> {
    values
        .iter()
        .enumerate()
        .map(|(index, value)| (format!("{prefix}.{}", index + 1), value.clone()))
        .collect()
}
