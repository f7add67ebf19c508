//! What Ctrl-C leaves of a decision that was being acted on.

use spotmanager_aws::{
    AwsError, SdkConfig,
    auto_scaling::{Client, describe_groups},
};
use spotmanager_domain::{Group, resources::AutoScalingGroup};

use crate::interrupt::Interrupted;

/// Asks which of the groups that were scaled up ask for more than before, and says how each is put
/// back.
pub(super) async fn left_behind(config: &SdkConfig, scaled: &[Group]) -> Interrupted {
    if scaled.is_empty() {
        return Interrupted::leaving("no group is scaled up");
    }
    let names = scaled
        .iter()
        .map(|group| group.auto_scaling_group_name.as_str());
    let described = describe_groups(&Client::new(config), names).await;
    let now = described.map(|groups| {
        let capacity = |group: AutoScalingGroup| (group.name, group.capacity.desired_capacity);
        groups.into_iter().map(capacity).collect::<Vec<_>>()
    });
    Interrupted::leaving(sentence(scaled, &now))
}

fn sentence(scaled: &[Group], now: &Result<Vec<(String, i32)>, AwsError>) -> String {
    let mut sentences = Vec::new();
    for group in scaled {
        let (name, before) = (
            &group.auto_scaling_group_name,
            group.capacity.desired_capacity,
        );
        let back = format!(
            "`aws autoscaling set-desired-capacity --auto-scaling-group-name {name} --desired-capacity {before}` puts it back, and Auto Scaling chooses the instance that ends: look first that none has a job"
        );
        match now {
            Err(error) => sentences.push(format!(
                "{name} may be scaled up from DesiredCapacity {before} ({error}); {back}"
            )),
            Ok(now) => {
                let now = now.iter().find(|(of, _)| of == name).map(|(_, now)| *now);
                if let Some(now) = now.filter(|now| *now > before) {
                    sentences.push(format!(
                        "{name} was scaled up from DesiredCapacity {before} to {now} and stays so; {back}"
                    ));
                }
            }
        }
    }
    if sentences.is_empty() {
        "no group is scaled up".to_owned()
    } else {
        sentences.join(". ")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn group(name: &str, desired_capacity: i32) -> Group {
        let group = serde_json::json!({
            "auto_scaling_group_name": name, "logical_id": "asg", "market": "spot",
            "instance_types": ["g4dn.xlarge"], "subnet_ids": [], "availability_zones": [],
            "capacity": {
                "min_size": 0, "max_size": 2, "desired_capacity": desired_capacity,
                "in_service": 0, "pending": 0
            },
            "scale_up_policy": {
                "policy_name": "up", "policy_type": "SimpleScaling",
                "adjustment_type": "ChangeInCapacity", "scaling_adjustment": 1
            },
        });
        serde_json::from_value(group).unwrap()
    }

    #[test]
    fn each_group_that_asks_for_more_is_named_with_what_puts_it_back() {
        let scaled = [group("farm-spot", 0), group("farm-on-demand", 1)];
        let now = |spot, on_demand| {
            Ok(vec![
                ("farm-spot".to_owned(), spot),
                ("farm-on-demand".to_owned(), on_demand),
            ])
        };
        let told = sentence(&scaled, &now(0, 2));
        let expected = "farm-on-demand was scaled up from DesiredCapacity 1 to 2 and stays so; `aws autoscaling set-desired-capacity --auto-scaling-group-name farm-on-demand --desired-capacity 1` puts it back, and Auto Scaling chooses the instance that ends: look first that none has a job";
        assert_eq!(told, expected);
        assert_eq!(sentence(&scaled, &now(0, 1)), "no group is scaled up");
    }
}
