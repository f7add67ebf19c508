"""Runs the emulator, with what it would not show and with whom it would not hear.

It keeps a field of a launch template that it does not show, takes a task's event in another shape
than Step Functions does, leaves the ARN out of an alarm's message, runs schedules in real time,
invokes a function asynchronously only once, and has no way to kill one:
https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_ResponseLaunchTemplateData.html

As on AWS, a caller may not publish an event with a source of AWS; the front, which plays EC2 and
Auto Scaling, may:
https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutEventsRequestEntry.html
"""

import json
import os
import sys
from html import escape

from ministack.app import main
from ministack.core import lambda_runtime
from ministack.services import ec2, eventbridge, lambda_svc, sns, stepfunctions
from ministack.services.cloudformation import provisioners

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


_put_events = eventbridge._put_events


def _put_events_of_a_service(data, allow_aws_source=False):
    # No SDK sends this field, so what passes the front stays refused.
    return _put_events(data, allow_aws_source or data.get("AsService") is True)


_fanout = sns._fanout


def _fanout_with_the_alarm_s_arn(topic_arn, message_id, message, *rest, **more):
    # CloudWatch's own message has it:
    # https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/AlarmThatSendsEmail.html
    try:
        told = json.loads(message)
    except ValueError:
        told = None
    if isinstance(told, dict) and "AlarmName" in told and "Trigger" in told:
        partition_to_account = topic_arn.split(":")[:5]
        partition_to_account[2] = "cloudwatch"
        arn = ":".join([*partition_to_account, "alarm", told["AlarmName"]])
        message = json.dumps({"AlarmArn": arn, **told})
    return _fanout(topic_arn, message_id, message, *rest, **more)


def _invoke(function_arn, event):
    # SNS and EventBridge invoke asynchronously, and Lambda tries again:
    # https://docs.aws.amazon.com/lambda/latest/dg/invocation-async.html
    function, config, _name = lambda_svc._get_func_record_for_ref(function_arn)
    invoked = lambda_svc._execution_record_for_config(function, config)
    lambda_svc.invoke_async_with_retry(invoked, event)


def _deliver_to_lambda(function_arn, envelope, _topic_arn, subscription_arn, *_):
    record = {
        "EventVersion": "1.0",
        "EventSubscriptionArn": subscription_arn,
        "EventSource": "aws:sns",
        "Sns": json.loads(envelope),
    }
    _invoke(function_arn, {"Records": [record]})


def _dispatch_to_lambda(function_arn, payload):
    _invoke(function_arn, json.loads(payload))


_FUNCTION = provisioners._RESOURCE_HANDLERS["AWS::Lambda::Function"]
_create_function = _FUNCTION["create"]


def _create_function_with_dead_letter_queue(logical_id, props, stack_name):
    name, attributes = _create_function(logical_id, props, stack_name)
    if "DeadLetterConfig" in props:
        lambda_svc._functions[name]["config"]["DeadLetterConfig"] = props["DeadLetterConfig"]
    return name, attributes


_PUT_EVENTS = "arn:aws:states:::events:putEvents"
_task_put_events = stepfunctions._SERVICE_DISPATCH[_PUT_EVENTS]


def _task_put_events_of_json(resource, arguments):
    # Step Functions takes an event's detail as JSON, PutEvents itself as a string:
    # https://docs.aws.amazon.com/step-functions/latest/dg/connect-eventbridge.html
    entries = [
        {**entry, "Detail": json.dumps(entry["Detail"])} for entry in arguments["Entries"]
    ]
    return _task_put_events(resource, {**arguments, "Entries": entries})


_rate_seconds = eventbridge._parse_rate_seconds


def _scaled_rate_seconds(expression):
    # Schedules run as fast as everything else.
    seconds = _rate_seconds(expression)
    return None if seconds is None else seconds * float(os.environ["SFN_WAIT_SCALE"])


def _note(worker, kind):
    name = worker.config["FunctionName"]
    return os.path.join(os.environ["TMPDIR"], f"{name}.{kind}")


_environment = lambda_svc._provided_worker_env


def _environment_with_the_function_s_name(config, *rest):
    # The SDKs put it into the user agent, by which the front tells whose call it is.
    name = f"AWS_Lambda_{config['Runtime']}.{config['FunctionName']}"
    return {**_environment(config, *rest), "AWS_EXECUTION_ENV": name}


_spawn = lambda_runtime.ProvidedWorker._spawn


def _spawn_noted(worker, *rest, **more):
    _spawn(worker, *rest, **more)
    with open(_note(worker, "pids"), "a") as pids:
        print(worker._proc.pid, file=pids)


_record_result = lambda_runtime.ProvidedWorker._record_result


def _record_result_unless_killed(worker, *result):
    try:
        os.remove(_note(worker, "kill"))
    except FileNotFoundError:
        return _record_result(worker, *result)
    worker._proc.kill()
    return False


lambda_svc._provided_worker_env = _environment_with_the_function_s_name
lambda_runtime.ProvidedWorker._spawn = _spawn_noted
lambda_runtime.ProvidedWorker._record_result = _record_result_unless_killed
sns._deliver_to_lambda = _deliver_to_lambda
eventbridge._dispatch_to_lambda = _dispatch_to_lambda
_FUNCTION["create"] = _create_function_with_dead_letter_queue
sns._fanout = _fanout_with_the_alarm_s_arn
stepfunctions._SERVICE_DISPATCH[_PUT_EVENTS] = _task_put_events_of_json
eventbridge._parse_rate_seconds = _scaled_rate_seconds
ec2._lt_data_xml = _show
eventbridge._put_events = _put_events_of_a_service
sys.exit(main())
