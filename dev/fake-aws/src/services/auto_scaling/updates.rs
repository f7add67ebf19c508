//! What an update of a group names and the emulator would drop.
//! See <https://docs.aws.amazon.com/autoscaling/ec2/APIReference/API_UpdateAutoScalingGroup.html>.

use crate::front::{
    request::Request,
    xml::{
        InstanceRequirements, InstancesDistribution, LaunchTemplate, LaunchTemplateSpecification,
        Least, Members, MixedInstancesPolicy, Override,
    },
};

/// The mixed instances policy of an update, which the emulator would drop.
pub(super) fn mixed_instances_policy(request: &Request) -> Option<MixedInstancesPolicy> {
    let specification = "MixedInstancesPolicy.LaunchTemplate.LaunchTemplateSpecification";
    let overrides = "MixedInstancesPolicy.LaunchTemplate.Overrides.member";
    let distribution = "MixedInstancesPolicy.InstancesDistribution";
    let get = |path: String| request.get(&path).map(str::to_owned);
    Some(MixedInstancesPolicy {
        launch_template: LaunchTemplate {
            launch_template_specification: LaunchTemplateSpecification {
                launch_template_id: get(format!("{specification}.LaunchTemplateId"))?,
                launch_template_name: String::new(),
                version: get(format!("{specification}.Version")).unwrap_or_default(),
            },
            overrides: Members {
                member: (1..)
                    .map_while(|index| override_at(request, &format!("{overrides}.{index}")))
                    .collect(),
            },
        },
        instances_distribution: InstancesDistribution {
            // Auto Scaling's default is on-demand only.
            on_demand_percentage_above_base_capacity: get(format!(
                "{distribution}.OnDemandPercentageAboveBaseCapacity"
            ))
            .and_then(|percent| percent.parse().ok())
            .unwrap_or(100),
            on_demand_base_capacity: get(format!("{distribution}.OnDemandBaseCapacity"))
                .and_then(|capacity| capacity.parse().ok()),
            on_demand_allocation_strategy: get(format!(
                "{distribution}.OnDemandAllocationStrategy"
            )),
            spot_allocation_strategy: get(format!("{distribution}.SpotAllocationStrategy")),
            spot_max_price: get(format!("{distribution}.SpotMaxPrice")),
        },
    })
}

/// The launch template that an update names by its id.
pub(super) fn launch_template(request: &Request) -> Option<LaunchTemplateSpecification> {
    let get = |name: &str| request.get(&format!("LaunchTemplate.{name}"));
    Some(LaunchTemplateSpecification {
        launch_template_id: get("LaunchTemplateId")?.to_owned(),
        launch_template_name: String::new(),
        version: get("Version").unwrap_or_default().to_owned(),
    })
}

/// The policy with what an update names of its distribution, and the rest as it was.
/// See <https://docs.aws.amazon.com/autoscaling/ec2/APIReference/API_MixedInstancesPolicy.html>.
pub(super) fn redistributed(
    mut policy: MixedInstancesPolicy,
    request: &Request,
) -> MixedInstancesPolicy {
    let distribution = &mut policy.instances_distribution;
    let number = |name: &str| {
        let key = format!("MixedInstancesPolicy.InstancesDistribution.{name}");
        request.get(&key).and_then(|text| text.parse().ok())
    };
    if let Some(percentage) = number("OnDemandPercentageAboveBaseCapacity") {
        distribution.on_demand_percentage_above_base_capacity = percentage;
    }
    if let Some(base) = number("OnDemandBaseCapacity") {
        distribution.on_demand_base_capacity = Some(base);
    }
    policy
}

/// The override under this key; an instance type or requirements it must have.
fn override_at(request: &Request, key: &str) -> Option<Override> {
    let get = |name: &str| request.get(&format!("{key}.{name}")).map(str::to_owned);
    let least = |attribute| {
        let min = get(&format!("InstanceRequirements.{attribute}.Min"))?;
        Some(Least { min })
    };
    let instance_requirements = least("VCpuCount").zip(least("MemoryMiB"));
    let instance_type = get("InstanceType");
    (instance_type.is_some() || instance_requirements.is_some()).then(|| Override {
        instance_type,
        instance_requirements: instance_requirements.map(|(vcpu_count, memory_mib)| {
            InstanceRequirements {
                vcpu_count,
                memory_mib,
            }
        }),
        weighted_capacity: get("WeightedCapacity"),
    })
}
