"""What Lambda's Python runtime does: loads the handler, then asks for events one by one.

https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html
"""

import http.client
import importlib
import json
import os
import sys
import traceback

_INVOCATION = "/2018-06-01/runtime/invocation/"


def _answer(handler, event):
    try:
        return "response", handler(event, None)
    except Exception as error:
        traceback.print_exc()
        return "error", {"errorType": type(error).__name__, "errorMessage": str(error)}


def main(module):
    handler = importlib.import_module(module).handler
    api = http.client.HTTPConnection(os.environ["AWS_LAMBDA_RUNTIME_API"])
    while True:
        api.request("GET", _INVOCATION + "next")
        reply = api.getresponse()
        event = json.loads(reply.read())
        request_id = reply.headers["Lambda-Runtime-Aws-Request-Id"]
        kind, answer = _answer(handler, event)
        api.request("POST", f"{_INVOCATION}{request_id}/{kind}", json.dumps(answer))
        api.getresponse().read()


main(sys.argv[1])
