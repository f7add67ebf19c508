//! What changes a group's capacity: policies, executed by a user or an alarm, and a new wish.

use jiff::Timestamp;

use super::{AutoScaling, policy};
use crate::{
    LocalAwsError,
    front::{reply::Reply, request::Request, xml::Policy},
};

/// Who executes a policy.
#[derive(Clone, Copy, Debug)]
enum Trigger<'a> {
    User,
    Alarm(&'a str),
}

impl AutoScaling {
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

    pub(super) async fn execute_policy_call(
        &self,
        request: &Request,
    ) -> Result<Reply, LocalAwsError> {
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
                Ok(()) => Reply::auto_scaling_done("ExecutePolicy"),
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

    pub(super) async fn set_desired_capacity(
        &self,
        request: &Request,
    ) -> Result<Reply, LocalAwsError> {
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
        Ok(Reply::auto_scaling_done("SetDesiredCapacity"))
    }
}

pub(super) fn no_group(name: &str) -> Reply {
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
