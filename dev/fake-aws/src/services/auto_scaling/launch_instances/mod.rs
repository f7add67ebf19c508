//! LaunchInstances: a group launches into one zone, and the caller waits for what came of it.
//!
//! See <https://docs.aws.amazon.com/autoscaling/ec2/userguide/launch-instances-synchronously.html>
//! and <https://docs.aws.amazon.com/autoscaling/ec2/APIReference/API_LaunchInstances.html>. Where
//! they leave something open, [`LaunchRules`](crate::LaunchRules) can be set to either.

mod answer;
mod asked;
mod by_token;
mod tokens;

use std::{sync::Arc, time::Duration};

use axum::http::StatusCode;
use jiff::Timestamp;
use tokio::time::sleep;

use super::{
    AutoScaling,
    group::{MOST_INSTANCES, Wanted},
    scale::no_group,
};
use crate::{
    AboveMaxSize, LocalAwsError,
    front::{reply::Reply, request::Request, xml::AutoScalingGroup},
};
use answer::Launched;
use asked::Asked;
pub(super) use by_token::LaunchedByToken;
pub(super) use tokens::Tokens;
use tokens::{Begun, WINDOW};

/// How long the fleet takes that launches, seconds. AWS gives no figure.
const CALL_SECONDS: f64 = 1.0;

/// What came of a call that was not refused.
#[derive(Debug)]
struct Done {
    reply: Reply,
    /// Whether the same call again gets the same reply.
    is_remembered: bool,
}

impl AutoScaling {
    pub(super) async fn launch_instances(
        self: &Arc<Self>,
        request: &Request,
    ) -> Result<Reply, LocalAwsError> {
        let asked = match Asked::read(request) {
            Ok(asked) => asked,
            Err(message) => return Ok(invalid(&message)),
        };
        let Some(described) = self.described(&asked.group).await? else {
            return Ok(no_group(&asked.group));
        };
        let window = WINDOW * self.time_scale;
        let begun = {
            let mut state = self.state.lock().await;
            state.tokens.begin(&asked, Timestamp::now(), window)
        };
        match begun {
            Begun::New => {}
            Begun::Answered(reply) => return Ok(reply),
            Begun::Running => {
                return Ok(Reply {
                    status: StatusCode::INTERNAL_SERVER_ERROR,
                    ..Reply::auto_scaling_error(
                        "IdempotentCallInProgress",
                        "The service is currently processing another request with the same client token.",
                    )
                });
            }
            Begun::Mismatch => {
                return Ok(Reply::auto_scaling_error(
                    "IdempotentParameterMismatch",
                    "The client token was used with other parameters.",
                ));
            }
        }
        // It goes on if the caller hangs up.
        let this = Arc::clone(self);
        let launch = tokio::spawn(async move { this.launch_as_asked(&asked, &described).await });
        launch
            .await
            .map_err(|error| LocalAwsError::call("LaunchInstances", error))?
    }

    /// Launches, and keeps the answer under the token or forgets the token.
    async fn launch_as_asked(
        &self,
        asked: &Asked,
        described: &AutoScalingGroup,
    ) -> Result<Reply, LocalAwsError> {
        let done = match unsupported(described) {
            None => self.launch_at_once(asked, described).await,
            Some(refusal) => Ok(Err(refusal)),
        };
        let mut state = self.state.lock().await;
        match done {
            Ok(Ok(done)) if done.is_remembered => {
                state.tokens.answer(&asked.token, done.reply.clone());
                Ok(done.reply)
            }
            other => {
                state.tokens.forget(&asked.token);
                Ok(match other? {
                    Ok(done) => done.reply,
                    Err(refusal) => refusal,
                })
            }
        }
    }

    async fn launch_at_once(
        &self,
        asked: &Asked,
        described: &AutoScalingGroup,
    ) -> Result<Result<Done, Reply>, LocalAwsError> {
        sleep(Duration::from_secs_f64(CALL_SECONDS * self.time_scale)).await;
        let rules = self.launch_rules.once_let_go(&asked.group).await;
        let now = Timestamp::now();
        let mut state = self.state.lock().await;
        let group = self.group(&mut state, described).await?;
        let place = match asked.place(&group.definition.places) {
            Ok(place) => place.clone(),
            Err(message) => return Ok(Err(invalid(&message))),
        };
        let heaviest = group.definition.kinds.iter().map(|kind| kind.units()).max();
        let heaviest = i64::from(heaviest.unwrap_or(1));
        if i64::from(asked.units) > heaviest * i64::try_from(MOST_INSTANCES).unwrap_or(i64::MAX) {
            return Ok(Err(invalid(&format!(
                "RequestedCapacity {} is more than {MOST_INSTANCES} instances.",
                asked.units
            ))));
        }
        let units = match rules.above_max_size {
            AboveMaxSize::Refused if asked.units > group.room() => {
                return Ok(Err(invalid(&format!(
                    "RequestedCapacity {} on top of the desired capacity {} is above max value {} for the AutoScalingGroup.",
                    asked.units, group.desired, group.definition.max_size
                ))));
            }
            AboveMaxSize::Refused => asked.units,
            AboveMaxSize::Capped => asked.units.min(group.room()),
        };
        let wanted = Wanted {
            units,
            place: &place,
            all_is_desired: asked.retries || rules.failures_raise_desired,
        };
        let brought = group.launch_at_once(wanted, now, &self.market, self.time_scale);
        let purchase = group.definition.purchase;
        if rules.shows_tokens {
            let instances = brought.instances.iter();
            let launched = instances.flat_map(|(kind, ids)| {
                ids.iter().map(|id| LaunchedByToken {
                    token: asked.token.clone(),
                    group: asked.group.clone(),
                    instance_id: id.clone(),
                    instance_type: kind.instance_type.clone(),
                    zone: place.zone.clone(),
                    purchase,
                    at: now,
                })
            });
            state.by_token.extend(launched);
        }
        let is_remembered = rules.remembers_failures || !brought.instances.is_empty();
        let launched = Launched {
            asked,
            place: &place,
            purchase,
            brought: &brought,
        };
        Ok(Ok(Done {
            reply: launched.reply()?,
            is_remembered,
        }))
    }
}

/// Why the call is of no use for a group, as the user guide lists it. It names a code for a warm
/// pool alone.
fn unsupported(group: &AutoScalingGroup) -> Option<Reply> {
    if group.warm_pool_configuration.is_some() {
        return Some(Reply::auto_scaling_error(
            "UnsupportedOperation",
            "LaunchInstances is not supported for an Auto Scaling group with a warm pool.",
        ));
    }
    if let Some(policy) = &group.mixed_instances_policy {
        let distribution = &policy.instances_distribution;
        let is_one_market = match distribution.on_demand_percentage_above_base_capacity {
            100 => true,
            0 => distribution.on_demand_base_capacity.unwrap_or_default() == 0,
            _ => false,
        };
        return (!is_one_market).then(|| {
            invalid("LaunchInstances does not support a mixed instances policy with both On-Demand and Spot Instances.")
        });
    }
    group
        .launch_template
        .is_none()
        .then(|| invalid("LaunchInstances needs an Auto Scaling group with a launch template."))
}

fn invalid(message: &str) -> Reply {
    Reply::auto_scaling_error("ValidationError", message)
}
