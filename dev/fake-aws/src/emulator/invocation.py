"""Invokes functions for SNS and EventBridge as Lambda does: asynchronously, and again on failure.

What fails in the end goes to the function's dead-letter queue, which the emulator's CloudFormation
leaves out:
https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-error-handling.html

Only so many run at a time: each that starts takes time from those that run, so that a machine which
has fallen behind would start ever more and never catch up.
"""

import functools
import json
import os
import threading

from ministack.services import eventbridge, lambda_svc, sns
from ministack.services.cloudformation import provisioners

_FUNCTION = provisioners._RESOURCE_HANDLERS["AWS::Lambda::Function"]
_create = _FUNCTION["create"]

_RUNNING = threading.BoundedSemaphore(32 * os.cpu_count())
_execute = lambda_svc._execute_function_provided_warm


def _execute_in_turn(function, event, request_id):
    with _RUNNING:
        return _execute(function, event, request_id)


def _invoke(function_arn, event):
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


def _create_with_dead_letter_queue(logical_id, props, stack_name):
    name, attributes = _create(logical_id, props, stack_name)
    if "DeadLetterConfig" in props:
        lambda_svc._functions[name]["config"]["DeadLetterConfig"] = props["DeadLetterConfig"]
    return name, attributes


def install():
    """Puts this in the emulator's place."""
    lambda_svc._execute_function_provided_warm = _execute_in_turn
    # A package is tens of megabytes, whose hash the emulator would make for every start.
    unpack = lambda_svc._provided_runtime_code_dir
    lambda_svc._provided_runtime_code_dir = functools.cache(unpack)
    sns._deliver_to_lambda = _deliver_to_lambda
    eventbridge._dispatch_to_lambda = _dispatch_to_lambda
    _FUNCTION["create"] = _create_with_dead_letter_queue
