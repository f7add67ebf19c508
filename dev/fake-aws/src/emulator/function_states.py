"""Shows a function's state as Lambda does: one that is updated stays active meanwhile.

The emulator shows it as pending, with a code that Lambda does not have, and shows empty reasons:
https://docs.aws.amazon.com/lambda/latest/dg/functions-states.html
"""

from ministack.services import lambda_svc

_EMULATOR_S_CODE = "Updating"
_REASONS = (
    "StateReason",
    "StateReasonCode",
    "LastUpdateStatusReason",
    "LastUpdateStatusReasonCode",
)

_json_response = lambda_svc.json_response


def _as_lambda_shows(config):
    shown = {name: value for name, value in config.items() if value or name not in _REASONS}
    if shown.get("StateReasonCode") == _EMULATOR_S_CODE:
        shown["State"] = "Active"
        for reason in _REASONS:
            shown.pop(reason, None)
    return shown


def _reply(data, *status, **more):
    if isinstance(data, dict) and "LastUpdateStatus" in data:
        data = _as_lambda_shows(data)
    return _json_response(data, *status, **more)


def install():
    """Puts this around what the emulator replies."""
    lambda_svc.json_response = _reply
