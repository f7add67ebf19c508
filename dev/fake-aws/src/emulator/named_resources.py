"""Says which resource a request names, where the emulator sees none or writes it in another way.

https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazoncloudwatch.html
https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazoneventbridge.html
https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazoneventbridgescheduler.html
https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonsns.html
https://docs.aws.amazon.com/service-authorization/latest/reference/list_awslambda.html
https://docs.aws.amazon.com/service-authorization/latest/reference/list_awsstepfunctions.html
"""

import json
from urllib.parse import unquote

from ministack.core import iam_actions

def _json(body, field):
    try:
        return json.loads(body).get(field)
    except ValueError:
        return None


def _alarm_or_dashboard(_path, _body, params, place):
    for field in ("AlarmName", "AlarmNames.member.1"):
        if name := iam_actions._query_param(params, field):
            return f"arn:aws:cloudwatch:{place}:alarm:{name}"
    for field in ("DashboardName", "DashboardNames.member.1"):
        if name := iam_actions._query_param(params, field):
            # Dashboards are global.
            return f"arn:aws:cloudwatch::{place.partition(':')[2]}:dashboard/{name}"
    return None


def _rule(_path, body, _params, place):
    if arn := _json(body, "ResourceARN"):
        return arn
    # A rule of the default bus has no bus in its ARN.
    bus = _json(body, "EventBusName") or "default"
    name = _json(body, "Rule") or _json(body, "Name")
    return f"arn:aws:events:{place}:rule/{name}" if name and bus == "default" else None


def _schedule(path, body, params, place):
    kind, _, name = unquote(path).strip("/").partition("/")
    if kind == "schedules" and name:
        group = iam_actions._query_param(params, "groupName") or _json(body, "GroupName")
        return f"arn:aws:scheduler:{place}:schedule/{group or 'default'}/{name}"
    if kind == "schedule-groups" and name:
        return f"arn:aws:scheduler:{place}:schedule-group/{name}"
    return name if kind == "tags" else None


def _machine(_path, body, _params, _place):
    return _json(body, "resourceArn")


def _topic(_path, _body, params, _place):
    if arn := iam_actions._query_param(params, "SubscriptionArn"):
        # A subscription's rights are its topic's.
        return arn.rpartition(":")[0]
    return iam_actions._query_param(params, "ResourceArn")


def _new_function(path, body, _params, place):
    name = path.endswith("/functions") and _json(body, "FunctionName")
    return f"arn:aws:lambda:{place}:function:{name}" if name else None


_NAMED = {
    "events": _rule,
    "lambda": _new_function,
    "monitoring": _alarm_or_dashboard,
    "scheduler": _schedule,
    "sns": _topic,
    "states": _machine,
}


def install():
    """Lets the emulator ask this module first, and then what it asks without it."""
    otherwise = iam_actions.extract_resource_arn

    def named(service, method, path, headers, body, params, region, account):
        find = _NAMED.get(service, lambda *_: None)
        return find(path, body, params, f"{region}:{account}") or otherwise(
            service, method, path, headers, body, params, region, account
        )

    iam_actions.extract_resource_arn = named
