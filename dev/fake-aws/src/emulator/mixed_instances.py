"""Keeps a group's mixed instances policy as a template has it, which the emulator would drop.

The front keeps that of a request (`auto_scaling/updates.rs`).
https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-properties-autoscaling-autoscalinggroup-mixedinstancespolicy.html
"""

import re
from html import escape, unescape

from ministack.services import autoscaling
from ministack.services.cloudformation import provisioners

_FIELD = "MixedInstancesPolicy"
_NAMED = re.compile(r"<member><AutoScalingGroupName>(.*?)</AutoScalingGroupName>")
_ACTION = "DescribeAutoScalingGroups"

_fields = provisioners._asg_fields
_describe = autoscaling._ACTION_MAP[_ACTION]


def _fields_with_policy(props):
    return {**_fields(props), _FIELD: props.get(_FIELD)}


def _xml(value):
    if isinstance(value, list):
        return "".join(f"<member>{_xml(member)}</member>" for member in value)
    if isinstance(value, dict):
        return "".join(f"<{tag}>{_xml(field)}</{tag}>" for tag, field in value.items())
    return escape(str(value))


def _with_policy(named):
    policy = autoscaling._asgs.get(unescape(named[1]), {}).get(_FIELD)
    return named[0] + (_xml({_FIELD: policy}) if policy else "")


def _describe_with_policies(params):
    status, headers, body = _describe(params)
    if status != 200:
        return status, headers, body
    return status, headers, _NAMED.sub(_with_policy, body.decode()).encode()


def install():
    """Puts this in the emulator's place."""
    provisioners._asg_fields = _fields_with_policy
    autoscaling._ACTION_MAP[_ACTION] = _describe_with_policies
