"""Holds services to the rights that they have on AWS, where the emulator lets them do anything.

Lambda, Step Functions and EventBridge Scheduler act under the role that they are given, which must
trust them. SNS, EventBridge and CloudWatch are let in by the policy of the function or topic, as
by a queue's in the emulator itself:
https://docs.aws.amazon.com/step-functions/latest/dg/procedure-create-iam-role.html
https://docs.aws.amazon.com/scheduler/latest/UserGuide/setting-up.html
https://docs.aws.amazon.com/lambda/latest/dg/access-control-resource-based.html
https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-use-resource-based.html
"""

import contextvars
import json
import logging

import authorization
import dead_letters
from ministack.core.iam_evaluator import (
    EvalContext,
    _gather_role_policies,
    caller_arn,
    evaluate,
    evaluate_resource_policy,
    resource_policy_allows,
)
from ministack.core.responses import get_account_id, get_region
from ministack.services import cloudwatch, eventbridge, iam, lambda_svc, sns, sqs, stepfunctions

_logger = logging.getLogger("service_rights")

# What each service asks of a target, and where the target's own policy is.
_DELIVERY = {
    "lambda": ("lambda:InvokeFunction", lambda_svc.function_policy_for_arn),
    "sns": ("sns:Publish", sns.topic_policy_for_arn),
    "sqs": ("sqs:SendMessage", sqs.queue_policy_for_arn),
}


def _kind(arn):
    return arn.split(":")[2]


def _name(role_arn):
    return role_arn.rpartition("/")[2]


def _context(principal, action, resource, keys):
    return EvalContext(
        principal_arn=principal,
        principal_type="Service" if principal == "*" else "AssumedRole",
        principal_account=get_account_id(),
        action=action,
        resource_arn=resource,
        region=get_region(),
        service_context=keys,
    )


def _on_behalf_of(source_arn):
    return {"aws:sourcearn": source_arn, "aws:sourceaccount": get_account_id()}


# What each service sends with a delivery. SNS and EventBridge send Lambda no account, and a
# statement that wants one denies the call; EventBridge sends a topic's policy no key at all.
# https://docs.aws.amazon.com/lambda/latest/dg/with-sns-example.html
# https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-troubleshooting.html
# https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-use-resource-based.html
_SENT = {
    ("sns.amazonaws.com", "lambda"): ("aws:sourcearn",),
    ("events.amazonaws.com", "lambda"): ("aws:sourcearn",),
    ("events.amazonaws.com", "sqs"): ("aws:sourcearn",),
    ("events.amazonaws.com", "sns"): (),
    ("cloudwatch.amazonaws.com", "sns"): ("aws:sourcearn", "aws:sourceaccount"),
}


def _allows(policy, service, action, resource, keys):
    keys = {**keys, "aws:principalisawsservice": "true"}
    context = _context("*", action, resource, keys)
    return evaluate_resource_policy(policy, context, service=service).decision == "Allow"


def _lets_in(target_arn, service, source_arn, keys=()):
    """Whether the target's own policy lets the service deliver to it; a refusal is logged."""
    action, policy_of = _DELIVERY[_kind(target_arn)]
    policy = (policy_of(target_arn) or ("",))[0]
    known = _on_behalf_of(source_arn)
    sent = {key: known[key] for key in _SENT[service, _kind(target_arn)]}
    keys = {**sent, **dict(keys)}
    allowed = _allows(policy, service, action, target_arn, keys)
    if not allowed:
        _logger.warning("%s may not %s to %s for %s", service, action, target_arn, source_arn)
    return allowed


def _trusts(role_arn, service, source_arn):
    role = iam._roles.get(_name(role_arn)) or {}
    trust = role.get("AssumeRolePolicyDocument")
    return _allows(trust, service, "sts:AssumeRole", role_arn, _on_behalf_of(source_arn))


def _refusal(role_arn, service, source_arn, action, resource, keys=None):
    """Why the service may not do this under the role; None when it may."""
    # AWS looks at the trust when the role is given already.
    if not _trusts(role_arn, service, source_arn):
        return f"{service} is not authorized to assume the role {role_arn}"
    name = _name(role_arn)
    session = f"arn:aws:sts::{get_account_id()}:assumed-role/{name}/session"
    context = _context(session, action, resource, keys or {})
    if evaluate(context, _gather_role_policies(name, get_account_id())).decision == "Allow":
        return None
    return (
        f"User: {session} is not authorized to perform: {action} on resource: {resource} "
        f"because no identity-based policy allows the {action} action"
    )


_machine = contextvars.ContextVar("machine")
_execute_task = stepfunctions._execute_task
_invoke_resource = stepfunctions._invoke_resource


def _remember_the_machine(state, data, execution, context):
    _machine.set((execution or {}).get("stateMachineArn"))
    return _execute_task(state, data, execution, context)


def _arn(service, kind, name):
    if name.startswith("arn:"):
        return name
    return f"arn:aws:{service}:{get_region()}:{get_account_id()}:{kind}{name}"


def _buses(entries):
    names = {entry.get("EventBusName") or "default" for entry in entries}
    return {_arn("events", "event-bus/", name) for name in names}


# Action, resources, condition keys and the error of a refusal, by the task's resource. AWS names
# the error of a service that has none of its own for it after the SDK's exception, such as in
# https://github.com/awslabs/aws-deployment-framework/issues/460
_TASKS = {
    "lambda:invoke": lambda task: (
        "lambda:InvokeFunction",
        {_arn("lambda", "function:", task["FunctionName"])},
        {},
        "Lambda.AWSLambdaException",
    ),
    "sns:publish": lambda task: (
        "sns:Publish",
        {task["TopicArn"]},
        {},
        "SNS.AuthorizationErrorException",
    ),
    "events:putEvents": lambda task: (
        "events:PutEvents",
        _buses(task["Entries"]),
        authorization.event_keys(task["Entries"]),
        "EventBridge.AmazonEventBridgeException",
    ),
    "states:startExecution": lambda task: (
        "states:StartExecution",
        {task["StateMachineArn"]},
        {},
        "StepFunctions.AWSStepFunctionsException",
    ),
}


def _invoke_under_the_role(resource, task):
    machine = _machine.get(None)
    # Without a machine it is a state that its caller tests.
    if machine is not None:
        asked = _TASKS.get(resource.removeprefix("arn:aws:states:::"))
        if asked is None:
            raise stepfunctions._ExecutionError("States.Runtime", f"no rights known for {resource}")
        role = stepfunctions._state_machines[machine]["roleArn"]
        action, targets, keys, error = asked(task)
        for target in targets:
            cause = _refusal(role, "states.amazonaws.com", machine, action, target, keys)
            if cause:
                raise stepfunctions._ExecutionError(error, cause)
    return _invoke_resource(resource, task)


_execution_credentials = lambda_svc.execution_credentials


def _credentials_where_trusted(function):
    if not _trusts(function["Role"], "lambda.amazonaws.com", function["FunctionArn"]):
        raise PermissionError("The role defined for the function cannot be assumed by Lambda.")
    return _execution_credentials(function)


def _to_subscription_dead_letters(envelope, topic_arn, subscription_arn):
    # SNS does not retry what the target refuses.
    # https://docs.aws.amazon.com/sns/latest/dg/sns-dead-letter-queues.html
    for subscription in sns._topic_by_arn_any_scope(topic_arn)["subscriptions"]:
        policy = subscription.get("attributes", {}).get("RedrivePolicy")
        if subscription["arn"] == subscription_arn and policy:
            queue = json.loads(policy)["deadLetterTargetArn"]
            sns._deliver_to_sqs(queue, envelope, False, "", topic_arn=topic_arn)


def _where_let_in(deliver):
    def deliver_where_let_in(function_arn, envelope, topic_arn, subscription_arn, *rest):
        if _lets_in(function_arn, "sns.amazonaws.com", topic_arn):
            deliver(function_arn, envelope, topic_arn, subscription_arn, *rest)
        else:
            _to_subscription_dead_letters(envelope, topic_arn, subscription_arn)

    return deliver_where_let_in


_invoke_target = eventbridge._invoke_target


def _may_invoke(target, rule):
    arn, source, role = target["Arn"], rule["Arn"], target.get("RoleArn", "")
    service, acts_for = "events.amazonaws.com", source
    if _kind(source) == "scheduler":
        # A schedule acts for its group.
        # https://docs.aws.amazon.com/scheduler/latest/UserGuide/cross-service-confused-deputy-prevention.html
        service = "scheduler.amazonaws.com"
        acts_for = source.replace(":schedule/", ":schedule-group/").rpartition("/")[0]
    elif not role:
        return _lets_in(arn, service, source)
    cause = _refusal(role, service, acts_for, _DELIVERY[_kind(arn)][0], arn)
    if cause:
        _logger.warning("%s: %s", source, cause)
    return cause is None


def _invoke_where_let_in(target, event, rule, *rest):
    # https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-rule-dlq.html
    queue = {"Arn": target.get("DeadLetterConfig", {}).get("Arn")}
    if _kind(rule["Arn"]) == "scheduler":
        # The scheduler sends under the schedule's role, EventBridge by the queue's policy.
        queue["RoleArn"] = target["RoleArn"]
    if _may_invoke(target, rule):
        _invoke_target(target, event, rule, *rest)
    elif queue["Arn"] and _may_invoke(queue, rule):
        keep = dead_letters.of_schedule if "RoleArn" in queue else dead_letters.of_rule
        whole = eventbridge._pattern_event_view(event).event_with_detail()
        keep(queue["Arn"], whole, rule["Arn"], target["Arn"])


def _topic_refusal(topic, action):
    """What the topic's policy says to who calls SNS, with what AWS knows of every caller."""
    machine, topic_arn = _machine.get(None), topic["arn"]
    caller = caller_arn()
    if machine is not None:
        caller = stepfunctions._state_machines[machine]["roleArn"]
    context = _context(caller, action, topic_arn, {"aws:principalisawsservice": "false"})
    if resource_policy_allows(topic["attributes"].get("Policy", ""), context, True):
        return None
    message = f"User: {caller} is not authorized to perform: {action} on resource: {topic_arn}"
    return sns._error("AuthorizationError", message, 403)


_dispatch_alarm_actions = cloudwatch._dispatch_alarm_actions


def _tell_where_let_in(alarm, *rest):
    # A topic's first policy lets in whatever acts for its owner.
    # https://docs.aws.amazon.com/sns/latest/dg/sns-access-policy-use-cases.html
    owner = {"aws:sourceowner": get_account_id()}

    def let_in(action):
        return ":sns:" not in action or _lets_in(
            action, "cloudwatch.amazonaws.com", alarm["AlarmArn"], owner
        )

    told = {
        field: [action for action in alarm.get(field) or [] if let_in(action)]
        for field in ("AlarmActions", "OKActions", "InsufficientDataActions")
    }
    _dispatch_alarm_actions({**alarm, **told}, *rest)


def install():
    """Puts the checks before what the emulator does."""
    stepfunctions._execute_task = _remember_the_machine
    stepfunctions._invoke_resource = _invoke_under_the_role
    lambda_svc.execution_credentials = _credentials_where_trusted
    sns._deliver_to_lambda = _where_let_in(sns._deliver_to_lambda)
    sns._enforce_topic_policy = _topic_refusal
    eventbridge._invoke_target = _invoke_where_let_in
    cloudwatch._dispatch_alarm_actions = _tell_where_let_in
