"""Runs the emulator, with what it would not show and with whom it would not hear.

It keeps a field of a launch template that it does not show, takes a task's event in another shape
than Step Functions does, knows no jitter, drops the output of a last state, leaves the ARN and the
milliseconds out of an alarm's message, and runs schedules in real time:
https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_ResponseLaunchTemplateData.html

As on AWS, a caller may not publish an event with a source of AWS; the front, which plays EC2 and
Auto Scaling, may:
https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutEventsRequestEntry.html

Callers and services have the rights that `authorization.py`, `launch_rights.py` and
`service_rights.py` hold them to; `refusals.py` and `names_taken.py` refuse what AWS refuses;
`conditions.py`, `dead_letters.py`, `invocation.py`, `log_keys.py`, `mixed_instances.py`,
`processes.py`, `redrive.py`, `simulation.py`, `unconfirmed.py` and `whole_alarms.py` bring what
else is missing.
"""

import gc
import json
import os
import random
import sys
import threading
from datetime import UTC, datetime
from html import escape

import alarms
import authorization
import conditions
import dead_letters
import function_states
import invocation
import launch_rights
import log_keys
import mixed_instances
import named_resources
import names_taken
import processes
import redrive
import refusals
import service_rights
import simulation
import unconfirmed
import whole_alarms
from ministack.app import main
from ministack.services import ec2, eventbridge, sns, stepfunctions

_SHOWN = {
    "MaxPrice": "maxPrice",
    "SpotInstanceType": "spotInstanceType",
    "BlockDurationMinutes": "blockDurationMinutes",
    "ValidUntil": "validUntil",
    "InstanceInterruptionBehavior": "instanceInterruptionBehavior",
}

_launch_template_data = ec2._lt_data_xml


def _instance_market_options(options):
    spot = options.get("SpotOptions") or {}
    shown = "".join(
        f"<{tag}>{escape(str(spot[key]))}</{tag}>" for key, tag in _SHOWN.items() if key in spot
    )
    return (
        "<instanceMarketOptions>"
        f"<marketType>{escape(options.get('MarketType', ''))}</marketType>"
        f"<spotOptions>{shown}</spotOptions>"
        "</instanceMarketOptions>"
    )


def _show(data):
    options = data.get("InstanceMarketOptions")
    return _launch_template_data(data) + (_instance_market_options(options) if options else "")


_parse_launch_template_data = ec2._parse_lt_data


def _parse_with_market_options(params, prefix="LaunchTemplateData"):
    # Those that CloudFormation names it keeps, those of a request it drops.
    data = _parse_launch_template_data(params, prefix)
    options = f"{prefix}.InstanceMarketOptions"
    market = ec2._p(params, f"{options}.MarketType")
    if market:
        price = ec2._p(params, f"{options}.SpotOptions.MaxPrice")
        spot = {"SpotOptions": {"MaxPrice": price}} if price else {}
        data["InstanceMarketOptions"] = {"MarketType": market, **spot}
    return data


_put_events = eventbridge._put_events
_dispatch_event = eventbridge._dispatch_event
# Of each call its own: others publish at the same time.
_put = threading.local()


def _put_events_of_a_service(data, allow_aws_source=False):
    # No SDK sends these fields, so what passes the front stays refused, and is delivered once.
    _put.deliveries = data.get("Deliveries", 1)
    try:
        return _put_events(data, allow_aws_source or data.get("AsService") is True)
    finally:
        _put.deliveries = 1


def _dispatch_event_at_least_once(event, view=None):
    for _ in range(getattr(_put, "deliveries", 1)):
        _dispatch_event(event, view)


_fanout = sns._fanout


def _fanout_of_an_alarm_as_on_aws(topic_arn, message_id, message, *rest, **more):
    # CloudWatch's own message has its ARN, and the time to the millisecond:
    # https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/AlarmThatSendsEmail.html
    try:
        told = json.loads(message)
    except ValueError:
        told = None
    if isinstance(told, dict) and "AlarmName" in told and "Trigger" in told:
        partition_to_account = topic_arn.split(":")[:5]
        partition_to_account[2] = "cloudwatch"
        arn = ":".join([*partition_to_account, "alarm", told["AlarmName"]])
        now = datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "+0000")
        message = json.dumps({"AlarmArn": arn, **told, "StateChangeTime": now})
    return _fanout(topic_arn, message_id, message, *rest, **more)


_PUT_EVENTS = "arn:aws:states:::events:putEvents"
_task_put_events = stepfunctions._SERVICE_DISPATCH[_PUT_EVENTS]


def _task_put_events_of_json(resource, arguments):
    # Step Functions takes an event's detail as JSON, PutEvents itself as a string:
    # https://docs.aws.amazon.com/step-functions/latest/dg/connect-eventbridge.html
    entries = [
        {**entry, "Detail": json.dumps(entry["Detail"])} for entry in arguments["Entries"]
    ]
    return _task_put_events(resource, {**arguments, "Entries": entries})


_find_retrier = stepfunctions._find_matching_retrier


def _find_retrier_with_jitter(retriers, error, retry_counts):
    # With full jitter a retry waits for any time up to its delay, which has an upper bound:
    # https://docs.aws.amazon.com/step-functions/latest/dg/concepts-error-handling.html
    retrier, index = _find_retrier(retriers, error, retry_counts)
    if retrier is None or retrier.get("JitterStrategy") != "FULL":
        return retrier, index
    delay = retrier["IntervalSeconds"] * retrier["BackoffRate"] ** retry_counts.get(index, 0)
    delay = random.uniform(0, min(delay, retrier["MaxDelaySeconds"]))
    return {**retrier, "IntervalSeconds": delay, "BackoffRate": 1}, index


_apply_output_path = stepfunctions._apply_output_path


def _apply_output_path_or_output(state, data, ctx=None):
    # The last state may have an Output as well:
    # https://docs.aws.amazon.com/step-functions/latest/dg/state-succeed.html
    if state.get("Type") == "Succeed" and "Output" in state:
        return stepfunctions._apply_jsonata_output(state, data, ctx)
    return _apply_output_path(state, data, ctx)


_rate_seconds = eventbridge._parse_rate_seconds


def _scaled_rate_seconds(expression):
    # Schedules run as fast as everything else.
    seconds = _rate_seconds(expression)
    return None if seconds is None else seconds * float(os.environ["SFN_WAIT_SCALE"])


sns._fanout = _fanout_of_an_alarm_as_on_aws
stepfunctions._SERVICE_DISPATCH[_PUT_EVENTS] = _task_put_events_of_json
stepfunctions._find_matching_retrier = _find_retrier_with_jitter
stepfunctions._apply_output_path = _apply_output_path_or_output
eventbridge._parse_rate_seconds = _scaled_rate_seconds
ec2._lt_data_xml = _show
ec2._parse_lt_data = _parse_with_market_options
eventbridge._put_events = _put_events_of_a_service
eventbridge._dispatch_event = _dispatch_event_at_least_once
for module in (alarms, authorization, invocation, processes, redrive, refusals, service_rights):
    module.install()
# After what judges a request.
launch_rights.install()
for module in (
    conditions,
    dead_letters,
    function_states,
    log_keys,
    mixed_instances,
    named_resources,
    names_taken,
    simulation,
    unconfirmed,
    whole_alarms,
):
    module.install()
# What executions leave behind is kept, and looking through it for garbage halts everything for
# longer and longer.
gc.disable()
sys.exit(main())
