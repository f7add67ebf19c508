//! What a role allows on every resource is what AWS lets nobody scope.

use anyhow::{Result, ensure};
use serde_json::Value;
use spotmanager_testbed::Suite;

use crate::template::{actions, granted_to, resources, template};

/// Actions without a resource type, by their page of the Service Authorization Reference.
const WITHOUT_RESOURCE: [(&str, &[&str]); 4] = [
    (
        "https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonec2autoscaling.html",
        &[
            "autoscaling:DescribeAutoScalingGroups",
            "autoscaling:DescribeAutoScalingInstances",
            "autoscaling:DescribeLaunchConfigurations",
            "autoscaling:DescribePolicies",
            "autoscaling:DescribeScalingActivities",
        ],
    ),
    (
        "https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonec2.html",
        &[
            "ec2:DescribeLaunchTemplateVersions",
            "ec2:DescribeSpotPriceHistory",
            "ec2:DescribeSubnets",
            "ec2:GetSpotPlacementScores",
        ],
    ),
    (
        "https://docs.aws.amazon.com/service-authorization/latest/reference/list_pricing.html",
        &["pricing:GetProducts"],
    ),
    (
        "https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazoncloudwatchlogs.html",
        &[
            "logs:CreateLogDelivery",
            "logs:DeleteLogDelivery",
            "logs:DescribeLogGroups",
            "logs:DescribeResourcePolicies",
            "logs:GetLogDelivery",
            "logs:ListLogDeliveries",
            "logs:PutResourcePolicy",
            "logs:UpdateLogDelivery",
        ],
    ),
];

pub(crate) fn add(suite: &mut Suite) {
    suite.test(
        "permissions: on every resource is allowed only what takes none",
        async |stage| {
            let template = template(stage)?;
            for (name, role) in resources(template, "AWS::IAM::Role")? {
                for (_, statement) in granted_to(role)? {
                    check(name, statement)?;
                }
            }
            Ok(())
        },
    );
}

fn check(role: &str, statement: &Value) -> Result<()> {
    if !is_on_everything(&statement["Resource"]) {
        return Ok(());
    }
    for action in actions(statement)? {
        let takes_none = WITHOUT_RESOURCE
            .iter()
            .any(|(_, known)| known.contains(&action));
        ensure!(
            takes_none,
            "{role} allows {action} on every resource; its page of the Service Authorization \
             Reference is not known to name none"
        );
    }
    Ok(())
}

/// Without a Resource a statement says NotResource, which is nearly everything.
fn is_on_everything(resource: &Value) -> bool {
    match resource {
        Value::Null => true,
        Value::Array(several) => several.iter().any(|one| one == "*"),
        one => one == "*",
    }
}
