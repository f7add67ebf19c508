"""From the stack to its groups, and what Auto Scaling tells of a group."""

import boto3

_cloudformation = boto3.client("cloudformation")
_autoscaling = boto3.client("autoscaling")


def physical_name(stack, logical_id):
    """The name that a resource has in its service."""
    described = _cloudformation.describe_stack_resource(
        StackName=stack, LogicalResourceId=logical_id
    )
    return described["StackResourceDetail"]["PhysicalResourceId"]


def nested_stack(stack, logical_id):
    """The name of a nested stack, whose physical name is its ARN."""
    return physical_name(stack, logical_id).split("/")[1]


def _described(group):
    reply = _autoscaling.describe_auto_scaling_groups(AutoScalingGroupNames=[group])
    return reply["AutoScalingGroups"][0]


def instance_count(group):
    return len(_described(group)["Instances"])


def spot_tags(group):
    """The tags that say the maximum price, USD per instance-hour, and the instance type."""
    # The original describes the group anew here.
    tags = {tag["Key"]: tag["Value"] for tag in _described(group)["Tags"]}
    return float(tags["SpotPrice"]), tags["SpotType"]


def scale_up_policy(group):
    policies = _autoscaling.describe_policies(AutoScalingGroupName=group)["ScalingPolicies"]
    names = (policy["PolicyName"] for policy in policies)
    return next(name for name in names if "ScaleUp" in name)


def execute(group, policy):
    _autoscaling.execute_policy(
        AutoScalingGroupName=group, PolicyName=policy, HonorCooldown=True
    )
