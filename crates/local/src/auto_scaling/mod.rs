//! Auto Scaling, as far as the emulator lacks it: capacity, instances, activities and policies.
//!
//! The emulator keeps the definitions of groups and policies, for CloudFormation writes them
//! there; the front keeps what the emulator drops (a mixed instances policy, a launch
//! configuration's spot price) and what happens over time.

mod activity;
mod group;
mod launch;
mod policy;

use std::collections::HashMap;

use jiff::Timestamp;
use tokio::sync::Mutex;

use crate::{
    LocalAwsError, Market,
    emulator::EmulatorClient,
    reply::Reply,
    request::Request,
    xml::{
        AutoScalingGroup, DescribeAutoScalingGroupsResponse, DescribePoliciesResponse,
        DescribeSubnetsResponse, Members, MixedInstancesPolicy, Policy,
    },
};
use group::Group;

const VERSION: &str = "2011-01-01";
const EC2_VERSION: &str = "2016-11-15";

#[derive(Debug)]
pub(crate) struct AutoScaling {
    emulator: EmulatorClient,
    market: Market,
    time_scale: f64,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    groups: HashMap<String, Group>,
    mixed_instances_policies: HashMap<String, MixedInstancesPolicy>,
    launch_configurations: HashMap<String, String>,
    /// By launch configuration.
    spot_prices: HashMap<String, String>,
}

/// Who executes a policy.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Trigger<'a> {
    User,
    Alarm(&'a str),
}

impl AutoScaling {
    pub(crate) fn new(emulator: EmulatorClient, market: Market, time_scale: f64) -> Self {
        Self {
            emulator,
            market,
            time_scale,
            state: Mutex::default(),
        }
    }

    /// Answers what the emulator lacks; `None` means that the emulator answers.
    pub(crate) async fn handle(&self, request: &Request) -> Result<Option<Reply>, LocalAwsError> {
        Ok(match request.action.as_str() {
            "DescribeAutoScalingGroups" => Some(self.describe_groups(request).await?),
            "DescribeScalingActivities" => Some(self.describe_activities(request).await),
            "ExecutePolicy" => Some(self.execute_policy_call(request).await?),
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

    /// Executes a policy by its ARN, as an alarm's action does.
    pub(crate) async fn execute_action(
        &self,
        policy_arn: &str,
        alarm: &str,
    ) -> Result<(), LocalAwsError> {
        let policies = self.policies(None).await?;
        if let Some(policy) = policies.into_iter().find(|policy| policy.arn == policy_arn) {
            // A cooldown is no fault of the alarm: the action is tried again next period.
            let _ = self
                .execute(&policy, Trigger::Alarm(alarm), true, None)
                .await?;
        }
        Ok(())
    }

    async fn execute_policy_call(&self, request: &Request) -> Result<Reply, LocalAwsError> {
        let name = request.get("PolicyName").unwrap_or_default();
        let group = request.get("AutoScalingGroupName");
        let policies = self.policies(group).await?;
        let Some(policy) = policies
            .into_iter()
            .find(|policy| policy.policy_name == name || policy.arn == name)
        else {
            return Ok(Reply::auto_scaling_error(
                "ValidationError",
                &format!("No scaling policy {name} was found"),
            ));
        };
        let number = |name: &str| request.get(name).and_then(|text| text.parse::<f64>().ok());
        let metric = number("MetricValue").zip(number("BreachThreshold"));
        let honor = request.get("HonorCooldown") == Some("true");
        Ok(
            match self.execute(&policy, Trigger::User, honor, metric).await? {
                Ok(()) => Reply::auto_scaling("ExecutePolicy", ""),
                Err(refusal) => refusal,
            },
        )
    }

    async fn execute(
        &self,
        policy: &Policy,
        trigger: Trigger<'_>,
        honor_cooldown: bool,
        metric: Option<(f64, f64)>,
    ) -> Result<Result<(), Reply>, LocalAwsError> {
        let Some(described) = self.described(&policy.auto_scaling_group_name).await? else {
            return Ok(Err(no_group(&policy.auto_scaling_group_name)));
        };
        let now = Timestamp::now();
        let mut state = self.state.lock().await;
        let group = self.group(&mut state, &described).await?;
        if honor_cooldown && policy.policy_type != "StepScaling" && group.is_in_cooldown(now) {
            return Ok(Err(in_progress()));
        }
        let adjusted = match policy::adjusted(group.desired, policy, metric) {
            Ok(adjusted) => adjusted,
            Err(message) => return Ok(Err(Reply::auto_scaling_error("ValidationError", &message))),
        };
        let name = &policy.policy_name;
        let cause = match trigger {
            Trigger::User => format!("a user request executed policy {name}"),
            Trigger::Alarm(alarm) => {
                format!("a monitor alarm {alarm} in state ALARM triggered policy {name}")
            }
        };
        let before = group.desired;
        group.set_desired(adjusted, &cause, now);
        // A policy that changes nothing starts no cooldown.
        if group.desired != before && policy.policy_type != "StepScaling" {
            let cooldown = policy.cooldown.unwrap_or(described.default_cooldown);
            group.start_cooldown(now, f64::from(cooldown) * self.time_scale);
        }
        group.tick(now, &self.market, self.time_scale);
        Ok(Ok(()))
    }

    async fn set_desired_capacity(&self, request: &Request) -> Result<Reply, LocalAwsError> {
        let name = request.get("AutoScalingGroupName").unwrap_or_default();
        let Some(described) = self.described(name).await? else {
            return Ok(no_group(name));
        };
        let Some(desired) = request
            .get("DesiredCapacity")
            .and_then(|text| text.parse::<i32>().ok())
        else {
            return Ok(Reply::auto_scaling_error(
                "ValidationError",
                "DesiredCapacity should be an integer",
            ));
        };
        for (is_beyond, bound, size) in [
            (
                desired < described.min_size,
                "below min",
                described.min_size,
            ),
            (
                desired > described.max_size,
                "above max",
                described.max_size,
            ),
        ] {
            if is_beyond {
                return Ok(Reply::auto_scaling_error(
                    "ValidationError",
                    &format!(
                        "New SetDesiredCapacity value {desired} is {bound} value {size} for the AutoScalingGroup."
                    ),
                ));
            }
        }
        let now = Timestamp::now();
        let mut state = self.state.lock().await;
        let group = self.group(&mut state, &described).await?;
        if request.get("HonorCooldown") == Some("true") && group.is_in_cooldown(now) {
            return Ok(in_progress());
        }
        let cause = "a user request explicitly set group desired capacity";
        group.set_desired(desired, cause, now);
        group.tick(now, &self.market, self.time_scale);
        Ok(Reply::auto_scaling("SetDesiredCapacity", ""))
    }

    async fn describe_groups(&self, request: &Request) -> Result<Reply, LocalAwsError> {
        let names: Vec<_> = request
            .list("AutoScalingGroupNames.member")
            .into_iter()
            .map(str::to_owned)
            .collect();
        let now = Timestamp::now();
        let mut content = String::new();
        for mut described in self.definitions(&names).await? {
            let zones = self.places(&described).await?;
            if !zones.is_empty() {
                let mut member: Vec<_> = zones.into_iter().map(|(zone, _)| zone).collect();
                member.sort();
                member.dedup();
                described.availability_zones = Members { member };
            }
            let state = self.state.lock().await;
            if let Some(group) = state.groups.get(&described.auto_scaling_group_name) {
                described.desired_capacity = group.desired;
                described.instances = Members {
                    member: group.instances(now),
                };
            }
            let xml = quick_xml::se::to_string_with_root("member", &described)
                .map_err(|error| LocalAwsError::call("DescribeAutoScalingGroups", error))?;
            content.push_str(&xml);
        }
        Ok(Reply::auto_scaling(
            "DescribeAutoScalingGroups",
            &format!("<AutoScalingGroups>{content}</AutoScalingGroups>"),
        ))
    }

    async fn describe_activities(&self, request: &Request) -> Reply {
        let name = request.get("AutoScalingGroupName");
        let state = self.state.lock().await;
        let mut activities: Vec<_> = state
            .groups
            .iter()
            .filter(|(group, _)| name.is_none_or(|name| name == group.as_str()))
            .flat_map(|(_, group)| &group.activities)
            .collect();
        activities.sort_by_key(|activity| std::cmp::Reverse(activity.started_at));
        let size = request
            .get("MaxRecords")
            .and_then(|text| text.parse().ok())
            .unwrap_or(100_usize);
        let begin = request
            .get("NextToken")
            .and_then(|text| text.parse().ok())
            .unwrap_or_default();
        let mut content = String::new();
        for activity in activities.iter().skip(begin).take(size) {
            activity.write(&mut content);
        }
        let next = if begin + size < activities.len() {
            format!("<NextToken>{}</NextToken>", begin + size)
        } else {
            String::new()
        };
        Reply::auto_scaling(
            "DescribeScalingActivities",
            &format!("<Activities>{content}</Activities>{next}"),
        )
    }

    /// Keeps what the emulator would drop of an update, and follows its DesiredCapacity.
    async fn note_update(&self, request: &Request) -> Result<(), LocalAwsError> {
        let Some(name) = request.get("AutoScalingGroupName") else {
            return Ok(());
        };
        {
            let mut state = self.state.lock().await;
            if let Some(policy) = launch::mixed_instances_policy(request) {
                state
                    .mixed_instances_policies
                    .insert(name.to_owned(), policy);
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

    /// The group's state, with its definition as it is now.
    async fn group<'a>(
        &self,
        state: &'a mut State,
        described: &AutoScalingGroup,
    ) -> Result<&'a mut Group, LocalAwsError> {
        let places = self.places(described).await?;
        let launch = self.launch(described, &state.spot_prices).await?;
        let definition = launch.definition(described, places);
        let group = state
            .groups
            .entry(described.auto_scaling_group_name.clone())
            .or_insert_with(|| Group::new(definition.clone(), described.desired_capacity));
        group.definition = definition;
        Ok(group)
    }

    async fn described(&self, name: &str) -> Result<Option<AutoScalingGroup>, LocalAwsError> {
        Ok(self.definitions(&[name.to_owned()]).await?.pop())
    }

    async fn definitions(&self, names: &[String]) -> Result<Vec<AutoScalingGroup>, LocalAwsError> {
        let reply: DescribeAutoScalingGroupsResponse = self
            .emulator
            .query(
                "autoscaling",
                "DescribeAutoScalingGroups",
                VERSION,
                &numbered("AutoScalingGroupNames.member", names),
            )
            .await?;
        let mut groups = reply.result.auto_scaling_groups.member;
        let state = self.state.lock().await;
        for group in &mut groups {
            let name = &group.auto_scaling_group_name;
            if let Some(policy) = state.mixed_instances_policies.get(name) {
                group.mixed_instances_policy = Some(policy.clone());
                group.launch_template = None;
                group.launch_configuration_name = String::new();
            } else if let Some(configuration) = state.launch_configurations.get(name) {
                group.launch_configuration_name = configuration.clone();
                group.launch_template = None;
            }
        }
        Ok(groups)
    }

    async fn policies(&self, group: Option<&str>) -> Result<Vec<Policy>, LocalAwsError> {
        let parameters: Vec<_> = group
            .map(|group| ("AutoScalingGroupName".to_owned(), group.to_owned()))
            .into_iter()
            .collect();
        let reply: DescribePoliciesResponse = self
            .emulator
            .query("autoscaling", "DescribePolicies", VERSION, &parameters)
            .await?;
        Ok(reply.result.scaling_policies.member)
    }

    /// Zone and subnet of each of the group's subnets, in the group's order.
    async fn places(
        &self,
        group: &AutoScalingGroup,
    ) -> Result<Vec<(String, String)>, LocalAwsError> {
        let ids: Vec<_> = group
            .vpc_zone_identifier
            .split(',')
            .filter(|id| !id.is_empty())
            .map(str::to_owned)
            .collect();
        if ids.is_empty() {
            return Ok(Vec::new());
        }
        let reply: DescribeSubnetsResponse = self
            .emulator
            .query(
                "ec2",
                "DescribeSubnets",
                EC2_VERSION,
                &numbered("SubnetId", &ids),
            )
            .await?;
        let subnets = reply.subnet_set.item;
        Ok(ids
            .into_iter()
            .filter_map(|id| {
                let subnet = subnets.iter().find(|subnet| subnet.subnet_id == id)?;
                Some((subnet.availability_zone.clone(), id))
            })
            .collect())
    }

    async fn describe_launch_configurations(
        &self,
        request: &Request,
    ) -> Result<Reply, LocalAwsError> {
        let names = request
            .list("LaunchConfigurationNames.member")
            .into_iter()
            .map(str::to_owned)
            .collect::<Vec<_>>();
        let configurations = self.launch_configurations(&names).await?;
        let state = self.state.lock().await;
        let content: String = configurations
            .iter()
            .map(|configuration| {
                let price = state
                    .spot_prices
                    .get(&configuration.launch_configuration_name);
                configuration.write(price.map(String::as_str))
            })
            .collect();
        Ok(Reply::auto_scaling(
            "DescribeLaunchConfigurations",
            &format!("<LaunchConfigurations>{content}</LaunchConfigurations>"),
        ))
    }
}

fn numbered(prefix: &str, values: &[String]) -> Vec<(String, String)> {
    values
        .iter()
        .enumerate()
        .map(|(index, value)| (format!("{prefix}.{}", index + 1), value.clone()))
        .collect()
}

fn no_group(name: &str) -> Reply {
    Reply::auto_scaling_error(
        "ValidationError",
        &format!("AutoScalingGroup name not found - null: {name}"),
    )
}

fn in_progress() -> Reply {
    Reply::auto_scaling_error(
        "ScalingActivityInProgress",
        "The operation can't be performed because there are scaling activities in progress.",
    )
}
