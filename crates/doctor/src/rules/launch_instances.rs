//! Groups on which LaunchInstances cannot be called, or among whose types it would choose badly.
//! See <https://docs.aws.amazon.com/autoscaling/ec2/userguide/launch-instances-synchronously.html>.

use serde_json::json;
use spotmanager_domain::{
    resources::{LaunchInstancesSupport, LaunchSource},
    settings::LaunchBy,
};

use super::{launch, rebalance, suspended};
use crate::{Finding, Rule, Snapshot, WorkerGroup, chain::command::quoted};

/// The strategy that goes by price and by capacity.
const BOTH: &str = "price-capacity-optimized";
/// The strategy of a mixed instances policy that names none.
/// See <https://docs.aws.amazon.com/autoscaling/ec2/APIReference/API_InstancesDistribution.html>.
const DEFAULT: &str = "lowest-price";

pub(super) fn check(snapshot: &Snapshot) -> Vec<Finding> {
    if snapshot.settings.launch_by != LaunchBy::LaunchInstances {
        return Vec::new();
    }
    let mut findings: Vec<_> = snapshot.groups().filter_map(refused).collect();
    findings.extend(snapshot.spot_group.as_ref().and_then(strategy));
    findings
}

fn refused(group: &WorkerGroup) -> Option<Finding> {
    let facts = &group.read.facts;
    let name = &facts.name;
    let support = facts.launch_instances_support();
    let fix = match support {
        LaunchInstancesSupport::Supported | LaunchInstancesSupport::Unknown => return None,
        LaunchInstancesSupport::NoLaunchTemplate => launch::migrate(),
        LaunchInstancesSupport::BothMarkets => launch::one_market(group),
        LaunchInstancesSupport::WarmPool => {
            format!("aws autoscaling delete-warm-pool --auto-scaling-group-name {name}")
        }
        LaunchInstancesSupport::LaunchSuspended => suspended::resume(name, "Launch"),
        LaunchInstancesSupport::RebalancesZones => rebalance::suspend(name),
    };
    Some(Finding::new(
        Rule::LaunchInstancesRefused,
        &group.read.logical_id,
        format!(
            "LaunchBy is launch-instances, but it {}: its DesiredCapacity is raised instead.",
            support.why_not()?
        ),
        fix,
    ))
}

/// One type leaves nothing to choose within a zone.
fn strategy(spot: &WorkerGroup) -> Option<Finding> {
    let Some(LaunchSource::MixedInstancesPolicy { .. }) = &spot.read.facts.launch_source else {
        return None;
    };
    if spot.read.launch.instance_types.len() < 2 {
        return None;
    }
    let strategy = spot.read.facts.spot_allocation_strategy.as_deref();
    let strategy = strategy.unwrap_or(DEFAULT);
    let follows = match strategy {
        DEFAULT => {
            "ignores capacity, so the cheapest type of a zone is tried first and often fails"
        }
        "capacity-optimized" | "capacity-optimized-prioritized" => {
            "ignores price, so a type that was not the cheapest may be launched"
        }
        _ => return None,
    };
    let policy = json!({"InstancesDistribution": {"SpotAllocationStrategy": BOTH}});
    Some(Finding::new(
        Rule::AllocationStrategy,
        &spot.read.logical_id,
        format!("Its SpotAllocationStrategy {strategy} {follows}."),
        format!(
            "aws autoscaling update-auto-scaling-group --auto-scaling-group-name {} --mixed-instances-policy {} # and the same in the stack's template",
            spot.read.facts.name,
            quoted(&policy.to_string())
        ),
    ))
}

#[cfg(test)]
mod tests {
    use spotmanager_domain::resources::{AutoScalingGroup, LaunchTemplate};

    use super::*;
    use crate::{
        Severity,
        testing::{NONE, found, snapshot},
    };

    fn with(change: impl FnOnce(&mut WorkerGroup)) -> Snapshot {
        let mut snapshot = snapshot();
        snapshot.settings.launch_by = LaunchBy::LaunchInstances;
        for group in [&mut snapshot.spot_group, &mut snapshot.on_demand_group] {
            let facts = &mut group.as_mut().unwrap().read.facts;
            facts.suspended_processes = vec!["AZRebalance".into()];
        }
        change(snapshot.spot_group.as_mut().unwrap());
        snapshot
    }

    fn mixed(on_demand_percentage: i32) -> LaunchSource {
        LaunchSource::MixedInstancesPolicy {
            launch_template: LaunchTemplate {
                id: "lt-1".into(),
                version: "1".into(),
            },
            overrides: Vec::new(),
            spot_max_price: None,
            on_demand_base: 0,
            on_demand_percentage,
        }
    }

    #[test]
    fn each_cause_is_named_with_its_own_fix() {
        for (change, why, fix) in [
            (
                (|facts| {
                    facts.launch_source = Some(LaunchSource::LaunchConfiguration("old".into()))
                }) as fn(&mut AutoScalingGroup),
                "has no launch template",
                "Copy it to a launch template",
            ),
            (
                |facts| facts.launch_source = Some(mixed(50)),
                "both spot and on-demand",
                r#"--mixed-instances-policy '{"InstancesDistribution":{"OnDemandBaseCapacity":0,"OnDemandPercentageAboveBaseCapacity":0}}'"#,
            ),
            (
                |facts| facts.has_warm_pool = true,
                "has a warm pool",
                "aws autoscaling delete-warm-pool --auto-scaling-group-name farm-spot",
            ),
            (
                |facts| facts.suspended_processes.push("Launch".into()),
                "Launch suspended",
                "resume-processes --auto-scaling-group-name farm-spot --scaling-processes Launch",
            ),
            (
                |facts| facts.suspended_processes.clear(),
                "AZRebalance is not suspended",
                "suspend-processes --auto-scaling-group-name farm-spot --scaling-processes AZRebalance",
            ),
        ] {
            let snapshot = with(|group| change(&mut group.read.facts));
            let [finding] = &check(&snapshot)[..] else {
                panic!("{why}: not one finding");
            };
            assert_eq!(finding.rule, Rule::LaunchInstancesRefused);
            assert_eq!(finding.severity, Severity::Warning);
            assert!(finding.problem.contains(why), "{finding:?}");
            assert!(finding.fix.contains(fix), "{finding:?}");
        }
        assert_eq!(found(check, &with(|_| ())), NONE);
    }

    #[test]
    fn no_other_way_to_scale_up_depends_on_it() {
        let mut snapshot = with(|group| group.read.facts.has_warm_pool = true);
        snapshot.settings.launch_by = LaunchBy::DesiredCapacity;
        assert_eq!(found(check, &snapshot), NONE);
    }

    #[test]
    fn a_strategy_ignores_price_or_capacity_only_among_several_types() {
        let problem = |strategy: Option<&str>, types: &[&str]| {
            let snapshot = with(|group| {
                let facts = &mut group.read.facts;
                facts.launch_source = Some(mixed(0));
                facts.spot_allocation_strategy = strategy.map(str::to_owned);
                group.read.launch.instance_types =
                    types.iter().map(|name| (*name).to_owned()).collect();
            });
            let findings = check(&snapshot);
            findings.first().map(|finding| {
                assert_eq!(finding.rule, Rule::AllocationStrategy);
                assert!(
                    finding
                        .fix
                        .contains(r#"{"SpotAllocationStrategy":"price-capacity-optimized"}"#)
                );
                finding.problem.clone()
            })
        };
        let several = ["g4dn.xlarge", "g5.xlarge"];
        for (strategy, part) in [
            (None, "lowest-price ignores capacity"),
            (Some("lowest-price"), "ignores capacity"),
            (Some("capacity-optimized"), "ignores price"),
            (Some("capacity-optimized-prioritized"), "ignores price"),
        ] {
            let problem_of_several = problem(strategy, &several).unwrap_or_default();
            assert!(problem_of_several.contains(part), "{problem_of_several}");
            assert_eq!(problem(strategy, &several[..1]), None);
        }
        assert_eq!(problem(Some("price-capacity-optimized"), &several), None);
        assert_eq!(problem(Some("one that is new"), &several), None);
    }
}
