"""Describes alarms whole in the query protocol, of which the emulator leaves most fields out.

Terraform's provider reads them so, and takes what is missing for a change:
https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_MetricAlarm.html
"""

import re
from html import escape, unescape

from ministack.services import cloudwatch

# What the emulator keeps and does not show.
_LEFT_OUT = (
    "AlarmDescription",
    "ActionsEnabled",
    "AlarmActions",
    "OKActions",
    "InsufficientDataActions",
    "Dimensions",
    "Statistic",
    "ExtendedStatistic",
    "Period",
    "Unit",
    "TreatMissingData",
)
_NAMED = re.compile(r"<member><AlarmName>(.*?)</AlarmName>")

_describe = cloudwatch._describe_alarms


def _xml(value):
    if isinstance(value, list):
        return "".join(f"<member>{_xml(member)}</member>" for member in value)
    if isinstance(value, dict):
        return "".join(f"<{tag}>{_xml(field)}</{tag}>" for tag, field in value.items())
    return str(value).lower() if isinstance(value, bool) else escape(str(value))


def _with_the_rest(named):
    alarm = cloudwatch._alarms.get(unescape(named[1]), {})
    rest = {field: alarm[field] for field in _LEFT_OUT if alarm.get(field) not in (None, "")}
    return named[0] + _xml(rest)


def _describe_whole(params, data, is_cbor, is_json=False):
    status, headers, body = _describe(params, data, is_cbor, is_json)
    if is_cbor or is_json or status != 200:
        return status, headers, body
    return status, headers, _NAMED.sub(_with_the_rest, body.decode()).encode()


def install():
    """Puts this in the emulator's place."""
    cloudwatch._describe_alarms = _describe_whole
