//! What LaunchInstances answers with.
//! See <https://docs.aws.amazon.com/autoscaling/ec2/APIReference/API_LaunchInstances.html>.

use serde::Serialize;

use super::Asked;
use crate::{
    LocalAwsError, Purchase,
    front::{reply::Reply, xml::Members},
    services::auto_scaling::group::{Brought, Place},
};

/// What a call brought, and where.
#[derive(Debug)]
pub(super) struct Launched<'a> {
    pub(super) asked: &'a Asked,
    pub(super) place: &'a Place,
    pub(super) purchase: Purchase,
    pub(super) brought: &'a Brought,
}

/// The instances of one type, market and subnet.
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct InstanceCollection<'a> {
    instance_type: &'a str,
    market_type: &'static str,
    subnet_id: &'a str,
    availability_zone: &'a str,
    availability_zone_id: &'a str,
    instance_ids: Members<&'a str>,
}

/// Why there are no more of one type, market and subnet.
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct LaunchInstancesError<'a> {
    instance_type: &'a str,
    market_type: &'static str,
    subnet_id: &'a str,
    availability_zone: &'a str,
    availability_zone_id: &'a str,
    error_code: &'static str,
    error_message: String,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct LaunchInstancesResult<'a> {
    auto_scaling_group_name: &'a str,
    client_token: &'a str,
    instances: Members<InstanceCollection<'a>>,
    errors: Members<LaunchInstancesError<'a>>,
}

impl Launched<'_> {
    /// The reply, which is a success even if nothing launched.
    pub(super) fn reply(&self) -> Result<Reply, LocalAwsError> {
        let action = "LaunchInstances";
        let place = self.place;
        let instances = self.brought.instances.iter();
        let instances = instances.map(|(kind, ids)| InstanceCollection {
            instance_type: &kind.instance_type,
            market_type: self.market(),
            subnet_id: &place.subnet,
            availability_zone: &place.zone,
            availability_zone_id: &place.zone_id,
            instance_ids: Members {
                member: ids.iter().map(String::as_str).collect(),
            },
        });
        let refusals = self.brought.refusals.iter();
        let errors = refusals.map(|refusal| LaunchInstancesError {
            instance_type: &refusal.instance_type,
            market_type: self.market(),
            subnet_id: &place.subnet,
            availability_zone: &place.zone,
            availability_zone_id: &place.zone_id,
            error_code: refusal.code(),
            error_message: refusal.message(),
        });
        let result = LaunchInstancesResult {
            auto_scaling_group_name: &self.asked.group,
            client_token: &self.asked.token,
            instances: Members {
                member: instances.collect(),
            },
            errors: Members {
                member: errors.collect(),
            },
        };
        let root = format!("{action}Result");
        let xml = quick_xml::se::to_string_with_root(&root, &result)
            .map_err(|error| LocalAwsError::call(action, error))?;
        Ok(Reply::auto_scaling_with(action, &xml))
    }

    /// AWS's page shows the first alone.
    fn market(&self) -> &'static str {
        match self.purchase {
            Purchase::OnDemand => "OnDemand",
            Purchase::Spot => "Spot",
        }
    }
}
