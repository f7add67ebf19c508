"""Lets an execution be redriven, and time out, as Step Functions does.

An execution that failed, timed out or was stopped goes on from the state that it ended in, with that
state's input, the variables as they were on entering it, and the definition that it was started
with:
https://docs.aws.amazon.com/step-functions/latest/dg/redrive-executions.html

The emulator's own loop begins at the first state only, knows no timeout of a whole execution, and
retries the tasks of one that was stopped, so this one takes its place. What is under way when an
execution ends runs to its end here too, and nothing hears of it.
"""

import contextvars
import copy
import json
import threading

import refusals
from ministack.core.responses import error_response_json, json_response, now_iso
from ministack.services import stepfunctions

_executions = stepfunctions._executions


class _Over(Exception):
    """The attempt at an execution ended while something of it was still under way."""


def _run_execution(exec_arn):
    execution = _executions[exec_arn]
    machine = stepfunctions._state_machines[execution["stateMachineArn"]]
    definition = execution.setdefault("definition", json.loads(machine["definition"]))
    first = (definition["StartAt"], json.loads(execution["input"]), {})
    name, given, variables = execution.setdefault("at", first)
    ctx = {
        "QueryLanguage": definition.get("QueryLanguage", "JSONPath"),
        "Execution": {
            "Id": exec_arn,
            "Input": first[1],
            "Name": execution["name"],
            "StartTime": execution["startDate"],
            "RedriveCount": execution.get("redriveCount", 0),
        },
        "StateMachine": {"Id": execution["stateMachineArn"], "Name": machine["name"]},
        "variables": copy.deepcopy(variables),
    }
    seconds = definition.get("TimeoutSeconds", 0) * stepfunctions._SFN_WAIT_SCALE
    in_context = contextvars.copy_context().run
    timer = threading.Timer(seconds, in_context, (_time_out, execution))
    timer.daemon = True
    if "TimeoutSeconds" in definition:
        timer.start()
    try:
        while name:
            execution["at"] = (name, given, copy.deepcopy(ctx["variables"]))
            given, name = _visit(execution, ctx, name, definition["States"][name], given)
        execution["output"] = json.dumps(given)
        details = {"output": execution["output"]}
        _end(execution, "SUCCEEDED", "ExecutionSucceeded", details)
    except _Over:
        pass
    except Exception as error:
        if execution["status"] == "RUNNING":
            name = getattr(error, "error", "States.Runtime")
            stepfunctions._fail_execution(execution, name, getattr(error, "cause", str(error)))
    finally:
        timer.cancel()


def _visit(execution, ctx, name, state, given):
    kind = state["Type"]
    refusals.within_quota(given, f"input of {name}")
    ctx["State"] = {"Name": name, "EnteredTime": now_iso(), "RetryCount": 0}
    details = {"name": name, "input": json.dumps(given)}
    _add_event(execution, f"{kind}StateEntered", {"stateEnteredEventDetails": details})
    if kind == "Fail":
        raise stepfunctions._ExecutionError(*stepfunctions._fail_state_error(state, given, ctx))
    if kind == "Succeed":
        output = stepfunctions._apply_input_path(state, given, ctx)
        output, following = stepfunctions._apply_output_path(state, output, ctx), None
    else:
        handler = getattr(stepfunctions, f"_execute_{kind.lower()}")
        context = (execution, ctx) if kind in ("Task", "Parallel", "Map") else (ctx,)
        output, following = handler(state, given, *context)
    refusals.within_quota(output, f"output of {name}")
    details = {"name": name, "output": json.dumps(output)}
    _add_event(execution, f"{kind}StateExited", {"stateExitedEventDetails": details})
    return output, following


def _time_out(execution):
    if execution["status"] == "RUNNING":
        _end(_part(execution), "TIMED_OUT", "ExecutionTimedOut", {})


def _part(execution):
    """The record as it goes on; what is under way keeps its own, and sees there that it is over."""
    arn = execution["executionArn"]
    _executions[arn] = {**execution, "events": list(execution["events"])}
    execution["status"] = "OVER"
    return _executions[arn]


def _end(execution, status, event_type, details):
    key = event_type[0].lower() + event_type[1:] + "EventDetails"
    _add_event(execution, event_type, {key: details})
    execution.update(status=status, stopDate=now_iso())
    stepfunctions._emit_execution_status_event(execution)


_append_event = stepfunctions._add_event


def _add_event(execution, event_type, details=None):
    if execution["status"] == "OVER":
        raise _Over
    is_last = len(execution["events"]) == refusals.MOST_EVENTS - 1
    if is_last and not event_type.startswith("Execution"):
        _fail_with_a_full_history(execution)
    return _append_event(execution, event_type, details)


def _fail_with_a_full_history(execution):
    # https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html
    cause = f"The execution reached the maximum number of history events ({refusals.MOST_EVENTS})."
    stepfunctions._fail_execution(_part(execution), "States.Runtime", cause)
    raise _Over


_stop = stepfunctions._stop_execution


def _stop_execution(data):
    execution = _executions.get(data.get("executionArn"))
    if execution and execution["status"] == "RUNNING":
        _part(execution)
    return _stop(data)


def _redrive_execution(data):
    arn = data.get("executionArn")
    execution = _executions.get(arn)
    if not execution:
        return error_response_json("ExecutionDoesNotExist", f"Execution {arn} not found", 400)
    if execution["status"] in ("RUNNING", "SUCCEEDED"):
        reason = f"Execution is {execution['status']} and cannot be redriven"
        return error_response_json("ExecutionNotRedrivable", reason, 400)
    execution = _part(execution)
    count, date = execution.get("redriveCount", 0) + 1, now_iso()
    ended = dict.fromkeys(("stopDate", "output", "error", "cause"))
    execution.update(ended, status="RUNNING", redriveCount=count, redriveDate=date)
    details = {"executionRedrivenEventDetails": {"redriveCount": count}}
    _add_event(execution, "ExecutionRedriven", details)
    stepfunctions._emit_execution_status_event(execution)
    run = contextvars.copy_context().run
    threading.Thread(target=run, args=(_run_execution, arn), daemon=True).start()
    return json_response({"redriveDate": date})


_describe = stepfunctions._describe_execution


def _describe_execution(data):
    status, headers, body = _describe(data)
    execution = _executions.get(data.get("executionArn"))
    if not execution:
        return status, headers, body
    redriven = {key: execution[key] for key in ("redriveCount", "redriveDate") if key in execution}
    return json_response({"redriveCount": 0, **json.loads(body), **redriven})


_handle_request = stepfunctions.handle_request


async def _handle_redrive_too(method, path, headers, body, query_params):
    if headers.get("x-amz-target", "").endswith(".RedriveExecution"):
        return stepfunctions._finalize_response(_redrive_execution(json.loads(body)))
    return await _handle_request(method, path, headers, body, query_params)


def install():
    """Puts this in the emulator's place."""
    stepfunctions._run_execution = _run_execution
    stepfunctions._add_event = _add_event
    stepfunctions._stop_execution = _stop_execution
    stepfunctions._describe_execution = _describe_execution
    stepfunctions.handle_request = _handle_redrive_too
