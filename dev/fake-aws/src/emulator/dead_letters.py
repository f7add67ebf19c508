"""Puts an event that could not be delivered into a dead-letter queue, as each service does.

The body is the event as it was, and the attributes say why it is there. The emulator puts the record
of a destination into a function's queue, and no attributes:
https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-retain-records.html
https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-rule-dlq.html
https://docs.aws.amazon.com/scheduler/latest/UserGuide/configuring-schedule-dlq.html
"""

import hashlib
import json
import time

from ministack.core.responses import new_uuid
from ministack.services import lambda_svc, sqs

_REFUSED = "NO_PERMISSIONS"
_NUMBERS = {"ErrorCode": "Number"}


def _put(queue_arn, event, attributes):
    now = time.time()
    body = json.dumps(event)
    attributes = {
        name: {"DataType": _NUMBERS.get(name, "String"), "StringValue": value}
        for name, value in attributes.items()
    }
    sqs._queue_by_arn(queue_arn)["messages"].append({
        "id": new_uuid(),
        "body": body,
        "md5_body": hashlib.md5(body.encode()).hexdigest(),
        "md5_attrs": sqs._md5_msg_attrs(attributes),
        "receipt_handle": None,
        "sent_at": now,
        "visible_at": now,
        "receive_count": 0,
        "first_receive_at": None,
        "message_attributes": attributes,
        "sys": {"SenderId": "AROAEXAMPLE", "SentTimestamp": str(int(now * 1000))},
    })


def of_rule(queue_arn, event, rule_arn, target_arn):
    """What EventBridge keeps of an event that its target refused."""
    _put(queue_arn, event, {
        "RULE_ARN": rule_arn,
        "TARGET_ARN": target_arn,
        "ERROR_CODE": _REFUSED,
        "ERROR_MESSAGE": f"EventBridge may not invoke {target_arn}.",
        "RETRY_ATTEMPTS": "0",
    })


def of_schedule(queue_arn, event, schedule_arn, target_arn):
    """What the scheduler keeps of a tick that its target refused."""
    _put(queue_arn, event, {
        "SCHEDULE_ARN": schedule_arn,
        "SCHEDULED_TIME": event["time"],
        "TARGET_ARN": target_arn,
        "ERROR_CODE": _REFUSED,
        "ERROR_MESSAGE": f"The role of the schedule may not invoke {target_arn}.",
        "EXECUTION_ID": event["id"],
        "IS_PAYLOAD_TRUNCATED": "false",
        "RETRY_ATTEMPTS": "0",
    })


def _of_function(queue_arn, _name, event, result):
    error = result.get("body")
    message = error.get("errorMessage", "") if isinstance(error, dict) else ""
    _put(queue_arn, event, {
        "RequestID": new_uuid(),
        "ErrorCode": "200",
        "ErrorMessage": message[:1024] or "none",
    })


def install():
    """Puts this in the emulator's place."""
    lambda_svc._route_async_failure = _of_function
