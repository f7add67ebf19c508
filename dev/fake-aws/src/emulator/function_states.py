"""Shows a function's state as Lambda does: one that is updated stays active meanwhile.

The emulator shows it as pending, with a code that Lambda does not have, and shows empty reasons:
https://docs.aws.amazon.com/lambda/latest/dg/functions-states.html
"""

import json

from ministack.core.responses import json_response
from ministack.services import lambda_svc

_EMULATOR_S_CODE = "Updating"
_REASONS = (
    "StateReason",
    "StateReasonCode",
    "LastUpdateStatusReason",
    "LastUpdateStatusReasonCode",
)

_get_function_config = lambda_svc._get_function_config


def _as_lambda_shows(config):
    shown = {name: value for name, value in config.items() if value or name not in _REASONS}
    if shown.get("StateReasonCode") == _EMULATOR_S_CODE:
        shown["State"] = "Active"
        for reason in _REASONS:
            shown.pop(reason, None)
    return shown


def _reply(name, qualifier=None):
    status, headers, body = _get_function_config(name, qualifier)
    if status != 200:
        return status, headers, body
    return json_response(_as_lambda_shows(json.loads(body)))


def install():
    """Puts this around what the emulator replies."""
    lambda_svc._get_function_config = _reply
