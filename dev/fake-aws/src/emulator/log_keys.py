"""Gives a log group another key, or none, which the emulator does only as it creates the group.

https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_AssociateKmsKey.html
https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_DisassociateKmsKey.html
"""

import json

from ministack import app
from ministack.core.responses import error_response_json, json_response
from ministack.services import cloudwatch_logs

_ACTIONS = ("Logs_20140328.AssociateKmsKey", "Logs_20140328.DisassociateKmsKey")


def _with_keys(serve):
    async def handle(method, path, headers, body, params):
        if headers.get("x-amz-target") not in _ACTIONS:
            return await serve(method, path, headers, body, params)
        given = json.loads(body)
        group = cloudwatch_logs._log_groups.get(given["logGroupName"])
        if group is None:
            message = "The specified log group does not exist."
            return error_response_json("ResourceNotFoundException", message, 400)
        group["kmsKeyId"] = given.get("kmsKeyId")
        return json_response({})

    return handle


def install():
    """Puts this around what the emulator does."""
    app.SERVICE_HANDLERS["logs"] = _with_keys(app.SERVICE_HANDLERS["logs"])
