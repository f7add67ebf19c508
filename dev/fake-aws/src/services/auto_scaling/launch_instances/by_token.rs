//! EC2's DescribeInstances, by the client token of the call that launched them.
//!
//! See <https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeInstances.html>. The guide on
//! LaunchInstances says that its instances are found so. A fleet gives instances a token of its own,
//! which may be another: [`LaunchRules`](crate::LaunchRules) can be set to either.

use std::fmt::Write;

use jiff::Timestamp;

use super::super::AutoScaling;
use crate::{
    Purchase,
    front::{reply::Reply, request::Request},
};

const ACTION: &str = "DescribeInstances";
const FILTER: &str = "client-token";

/// An instance that a call launched.
#[derive(Clone, Debug)]
pub(crate) struct LaunchedByToken {
    pub(crate) token: String,
    pub(crate) group: String,
    pub(crate) instance_id: String,
    pub(crate) instance_type: String,
    pub(crate) zone: String,
    pub(crate) purchase: Purchase,
    pub(crate) at: Timestamp,
}

impl AutoScaling {
    /// Answers if the request asks by token; the emulator knows no instances of groups.
    pub(crate) async fn describe_by_token(&self, request: &Request) -> Option<Reply> {
        if request.get("Filter.1.Name") != Some(FILTER) || request.get("Filter.2.Name").is_some() {
            return None;
        }
        let tokens = request.list("Filter.1.Value");
        let now = Timestamp::now();
        let state = self.state.lock().await;
        let launched = state.by_token.iter();
        let mut items = String::new();
        for one in launched.filter(|one| tokens.contains(&one.token.as_str())) {
            let group = state.groups.get(&one.group);
            let runs = group.is_some_and(|group| {
                let instances = group.instances(now);
                instances.iter().any(|is| is.instance_id == one.instance_id)
            });
            let (code, name) = if runs {
                (16, "running")
            } else {
                (48, "terminated")
            };
            let lifecycle = match one.purchase {
                Purchase::Spot => "<instanceLifecycle>spot</instanceLifecycle>",
                Purchase::OnDemand => "",
            };
            // Writing to a text cannot fail.
            let _ = write!(
                items,
                "<item><reservationId>r-{id}</reservationId><instancesSet><item>\
                 <instanceId>i-{id}</instanceId>\
                 <instanceState><code>{code}</code><name>{name}</name></instanceState>\
                 <clientToken>{token}</clientToken><instanceType>{instance_type}</instanceType>\
                 <launchTime>{at:.3}</launchTime>\
                 <placement><availabilityZone>{zone}</availabilityZone></placement>{lifecycle}\
                 </item></instancesSet></item>",
                id = one.instance_id.trim_start_matches("i-"),
                token = one.token,
                instance_type = one.instance_type,
                at = one.at,
                zone = one.zone,
            );
        }
        Some(Reply::ec2(
            ACTION,
            &format!("<reservationSet>{items}</reservationSet>"),
        ))
    }
}
