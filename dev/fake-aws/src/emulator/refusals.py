"""Refuses what AWS refuses and the emulator lets pass: quotas, types and names of Step Functions.

https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html
https://docs.aws.amazon.com/step-functions/latest/dg/concepts-error-handling.html
"""

import json

from ministack.core.responses import error_response_json, json_response
from ministack.services import stepfunctions

_Error = stepfunctions._ExecutionError

# Bytes as UTF-8: the input or output of a state, a task or an execution, and what one Assign sets.
_STATE_BYTES = 262_144
# The history holds as many events; the last one then reports that it is full.
MOST_EVENTS = 25_000

# What States.ALL does not match.
_TERMINAL = ("States.DataLimitExceeded", "States.Runtime")


def _size(value):
    return len(json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode())


def within_quota(value, what):
    """The value, if a state may hand it on."""
    if _size(value) > _STATE_BYTES:
        cause = f"The {what} is longer than {_STATE_BYTES} bytes as a UTF-8 encoded string."
        raise _Error("States.DataLimitExceeded", cause)
    return value


def _boolean_choice_rule(rule, given, ctx):
    # https://docs.aws.amazon.com/step-functions/latest/dg/state-choice.html
    condition = stepfunctions._apply_jsonata_template(rule["Condition"], given, ctx)
    if not isinstance(condition, bool):
        cause = (
            f"The JSONata expression '{rule['Condition']}' specified for the field 'Condition' "
            f"returned an unexpected result type. Expected 'boolean', but was "
            f"{type(condition).__name__!r}."
        )
        raise _Error("States.QueryEvaluationError", cause)
    return condition


def _assign(state, given, ctx, result=None, error_output=None):
    # Every expression sees the variables as they were on entering the state.
    # https://docs.aws.amazon.com/step-functions/latest/dg/workflow-variables.html
    assigned = {
        name: stepfunctions._apply_jsonata_template(
            template, given, ctx, result=result, error_output=error_output
        )
        for name, template in state.get("Assign", {}).items()
    }
    within_quota(assigned, "Assign of the state")
    ctx.setdefault("variables", {}).update(assigned)


_error_matches = stepfunctions._error_matches


def _error_matches_but_terminal(names, error):
    return error in names if error in _TERMINAL else _error_matches(names, error)


_put_events = stepfunctions._SERVICE_DISPATCH["arn:aws:states:::events:putEvents"]


def _put_every_event(resource, arguments):
    # https://docs.aws.amazon.com/step-functions/latest/dg/connect-eventbridge.html
    result = _put_events(resource, arguments)
    if result["FailedEntryCount"] > 0:
        raise _Error("EventBridge.FailedEntry", json.dumps(result["Entries"]))
    return result


_start_execution = stepfunctions._start_execution


def _start_execution_once(data):
    # https://docs.aws.amazon.com/step-functions/latest/apireference/API_StartExecution.html
    given = data.get("input", "{}")
    if len(given.encode()) > _STATE_BYTES:
        return error_response_json("InvalidExecutionInput", "The input is too long", 400)
    status, headers, body = _start_execution(data)
    if status == 400 and json.loads(body).get("__type") == "ExecutionAlreadyExists":
        machine = stepfunctions._resolve_state_machine_arn(data["stateMachineArn"])
        arn = f"{machine.replace(':stateMachine:', ':execution:')}:{data['name']}"
        known = stepfunctions._executions[arn]
        if known["status"] == "RUNNING" and known["input"] == given:
            return json_response({"executionArn": arn, "startDate": known["startDate"]})
    return status, headers, body


_nested_start = stepfunctions._invoke_nested_start_execution


def _nested_start_as_on_aws(resource, arguments):
    # A task's error is named after the SDK's exception.
    # https://docs.aws.amazon.com/step-functions/latest/dg/connect-stepfunctions.html
    try:
        return _nested_start(resource, arguments)
    except _Error as error:
        raise _Error(f"StepFunctions.{error.error}Exception", error.cause) from error


def install():
    """Puts this in the emulator's place."""
    stepfunctions._evaluate_jsonata_choice_rule = _boolean_choice_rule
    stepfunctions._apply_state_assign = _assign
    stepfunctions._error_matches = _error_matches_but_terminal
    stepfunctions._SERVICE_DISPATCH["arn:aws:states:::events:putEvents"] = _put_every_event
    stepfunctions._start_execution = _start_execution_once
    stepfunctions._invoke_nested_start_execution = _nested_start_as_on_aws
