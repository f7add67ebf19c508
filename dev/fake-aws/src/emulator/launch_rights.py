"""Holds the caller of LaunchInstances to the rights of the launch, in addition to that of the call.

The launch is a fleet in the caller's own name, whereas ordinary launches are in that of Auto
Scaling's service-linked role. The user guide names the first two actions; the others are those that
AWS gives its own caller, and that EC2 asks for if a fleet launches by a template:
https://docs.aws.amazon.com/autoscaling/ec2/userguide/launch-instances-synchronously.html
https://docs.aws.amazon.com/aws-managed-policy/latest/reference/BedrockAgentCoreRuntimeInstancesOperatorRolePolicy.html
https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonec2.html
"""

import uuid
from urllib.parse import parse_qs

from ministack import app
from ministack.core import iam_actions
from ministack.core.iam_evaluator import AuthError, enforce
from ministack.core.responses import get_account_id, get_region
from ministack.core.router import extract_access_key_id
from ministack.services import autoscaling, ec2, iam

_JUDGE_ONLY = "x-judge-only"
_ACTION = "LaunchInstances"


def _template(group):
    policy = group.get("MixedInstancesPolicy") or {}
    in_policy = policy.get("LaunchTemplate", {}).get("LaunchTemplateSpecification")
    return in_policy or group.get("LaunchTemplate")


def _subnet(group, params):
    """The subnet that the front launches into: the first that fits what the call names."""
    named = {
        "AvailabilityZone": params.get("AvailabilityZones.member.1"),
        "AvailabilityZoneId": params.get("AvailabilityZoneIds.member.1"),
        "SubnetId": params.get("SubnetIds.member.1"),
    }
    for subnet_id in group["VPCZoneIdentifier"].split(","):
        subnet = ec2._subnets.get(subnet_id)
        if subnet and all(not value or subnet[field] == value for field, value in named.items()):
            return subnet
    return None


def _security_groups(data, subnet):
    given = data.get("SecurityGroupIds")
    if given:
        return given
    return [
        group["GroupId"]
        for group in ec2._security_groups.values()
        if group["GroupName"] == "default" and group["VpcId"] == subnet["VpcId"]
    ]


def _arn(kind, name):
    # An image is of no account.
    account = "" if kind == "image" else get_account_id()
    return f"arn:aws:ec2:{get_region()}:{account}:{kind}/{name}"


def _tags(name):
    return {f"ec2:ResourceTag/{tag['Key']}": tag["Value"] for tag in ec2._tags.get(name, [])}


def _roles(data):
    given = data.get("IamInstanceProfile") or {}
    for profile in iam._instance_profiles.values():
        if given.get("Arn") == profile["Arn"] or given.get("Name") == profile["InstanceProfileName"]:
            for role in profile["Roles"]:
                yield iam._roles[role]["Arn"]


def _needs(group, params):
    """Each right: action, resource and condition keys."""
    specification, subnet = _template(group), _subnet(group, params)
    if not specification or not subnet:
        # The call is refused for another reason.
        return
    data, template, _ = ec2._resolve_launch_template_data(specification)
    if not template:
        return
    template_id = template["LaunchTemplateId"]
    image = data.get("ImageId", "*")
    # What a launch makes has no name yet.
    made = {kind: "*" for kind in ("fleet", "instance", "network-interface", "volume")}
    existing = {"image": image, "launch-template": template_id, "subnet": subnet["SubnetId"]}
    by_template = {"ec2:LaunchTemplate": _arn("launch-template", template_id)}
    yield "ec2:DescribeLaunchTemplateVersions", "*", {}
    for kind in ("fleet", "instance", "volume", *existing):
        name = {**made, **existing}[kind]
        yield "ec2:CreateFleet", _arn(kind, name), _tags(name)
    for kind in ("instance", "network-interface", "volume", *existing):
        name = {**made, **existing}[kind]
        yield "ec2:RunInstances", _arn(kind, name), {**_tags(name), **by_template}
    for name in _security_groups(data, subnet):
        yield "ec2:RunInstances", _arn("security-group", name), {**_tags(name), **by_template}
    # Auto Scaling tags what it launches with the group's name. Which of the two makes the instance
    # is not documented.
    for made_by in ("CreateFleet", "RunInstances"):
        yield "ec2:CreateTags", _arn("instance", "*"), {"ec2:CreateAction": made_by}
    for role in _roles(data):
        yield "iam:PassRole", role, {"iam:PassedToService": "ec2.amazonaws.com"}


def _refusal(headers, query, params):
    group = autoscaling._asgs.get(params.get("AutoScalingGroupName"))
    if group is None:
        return None
    access_key = extract_access_key_id(headers, query)
    for action, resource, keys in _needs(group, params):
        denied = enforce(access_key, action, "ec2", get_region(), resource, keys)
        if isinstance(denied, AuthError):
            # The call itself would not have come this far.
            raise PermissionError(denied.message)
        if denied:
            message = (
                f"User: {denied.principal_arn} is not authorized to perform: {action} on resource: "
                f"{resource} because no identity-based policy allows the {action} action"
            )
            return iam_actions.access_denied_response(
                "autoscaling", action, denied.principal_arn, str(uuid.uuid4()), message=message
            )
    return None


def _judged(serve):
    async def handle(method, path, headers, body, query):
        if _JUDGE_ONLY in headers:
            params = {name: values[0] for name, values in parse_qs(body.decode()).items()}
            asked = params.get("Action") == _ACTION
            refusal = _refusal(headers, query, params) if asked else None
            if refusal:
                return refusal
        return await serve(method, path, headers, body, query)

    return handle


def install():
    """Puts the question before what answers that the caller may."""
    app.SERVICE_HANDLERS["autoscaling"] = _judged(app.SERVICE_HANDLERS["autoscaling"])
