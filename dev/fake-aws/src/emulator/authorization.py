"""Says what a request asks to do, where the emulator would judge another thing than AWS does.

The emulator holds every request against its caller's policies. What an action is about follows the
Service Authorization Reference: Describe actions of Auto Scaling and EC2 take no resource, the
others of Auto Scaling their group with its tags, those of CloudWatch that name a resource that, and
PutEvents the sources and types of its events:
https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonec2autoscaling.html
https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonec2.html
https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazoncloudwatch.html
https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazoneventbridge.html

A request with the header of `_JUDGE_ONLY` is judged and not served: the front asks so about what it
serves itself, and hands a refusal on as it is.
"""

import json

import cbor2

from ministack import app
from ministack.core import iam_actions, iam_evaluator, router
from ministack.services import autoscaling

_JUDGE_ONLY = "x-judge-only"
# https://docs.aws.amazon.com/service-authorization/latest/reference/list_awslambda.html
_CONCURRENCY = {"GET": "Get", "DELETE": "Delete"}
_WITHOUT_RESOURCE = {"autoscaling": ("Describe",), "ec2": ("Describe", "GetSpotPlacementScores")}

_iam_action = iam_actions.extract_iam_action
_resource_arn = iam_actions.extract_resource_arn
_request_tags = iam_actions.request_tag_context


def _without_resource(service, params):
    action = iam_actions._query_param(params, "Action")
    return action.startswith(_WITHOUT_RESOURCE.get(service, ("/",)))


def _group(params):
    return autoscaling._asgs.get(iam_actions._query_param(params, "AutoScalingGroupName"))


def _is_cbor(headers):
    return "cbor" in headers.get("content-type", "")


def _named_resource(headers, body, params):
    if _is_cbor(headers):
        # What else it is about the emulator would look for in text.
        return (cbor2.loads(body) if body else {}).get("ResourceARN", "*")
    return iam_actions._param(body, params, "ResourceARN")


def _action_in_the_path(service, method, path, headers, body, params):
    # Smithy's RPC protocol, as CloudWatch speaks it, has the action in the path.
    if service == "monitoring" and "/operation/" in path:
        return f"cloudwatch:{path.rpartition('/operation/')[2]}"
    if service == "lambda" and path.endswith("/concurrency"):
        return f"lambda:{_CONCURRENCY.get(method, 'Put')}FunctionConcurrency"
    return _iam_action(service, method, path, headers, body, params)


def _resource(service, method, path, headers, body, params, region, account):
    if _without_resource(service, params):
        return "*"
    if service == "autoscaling" and (group := _group(params)):
        return group["AutoScalingGroupARN"]
    if service == "monitoring" and (arn := _named_resource(headers, body, params)):
        return arn
    return _resource_arn(service, method, path, headers, body, params, region, account)


def event_keys(entries):
    """The condition keys of PutEvents with these entries."""
    return {
        "events:source": [entry["Source"] for entry in entries],
        "events:detail-type": [entry["DetailType"] for entry in entries],
    }


def _condition_keys(service, action, body, params):
    keys = _request_tags(service, action, body, params)
    if action == "events:PutEvents":
        return {**keys, **event_keys(json.loads(body)["Entries"])}
    if service != "autoscaling" or _without_resource(service, params):
        return keys
    tags = (_group(params) or {}).get("Tags", [])
    return {**keys, **{f"autoscaling:ResourceTag/{tag['Key']}": tag["Value"] for tag in tags}}


_condition_key = iam_evaluator._resolve_condition_key


def _condition_key_over_tls(key, context):
    # The front stands where AWS has TLS only.
    return "true" if key.lower() == "aws:securetransport" else _condition_key(key, context)


def _judged_only(serve):
    async def handle(method, path, headers, body, params):
        if _JUDGE_ONLY in headers:
            return 204, {}, b""
        return await serve(method, path, headers, body, params)

    return handle


async def _price_list(*_):
    raise NotImplementedError("the front serves the price list")


def install():
    """Lets the emulator ask this module."""
    iam_actions.extract_iam_action = _action_in_the_path
    iam_actions.extract_resource_arn = _resource
    iam_actions.request_tag_context = _condition_keys
    iam_evaluator._resolve_condition_key = _condition_key_over_tls
    # The emulator does not know the price list.
    router.SERVICE_PATTERNS["pricing"] = {"target_prefixes": ["AWSPriceListService"]}
    iam_actions.SERVICE_TO_IAM_NAMESPACE["pricing"] = "pricing"
    app.SERVICE_HANDLERS["pricing"] = _price_list
    for service in ("autoscaling", "ec2", "pricing"):
        app.SERVICE_HANDLERS[service] = _judged_only(app.SERVICE_HANDLERS[service])
