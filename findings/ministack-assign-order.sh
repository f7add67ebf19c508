#!/usr/bin/env bash
# ministack 1.5.33 evaluates the variables of one Assign one after the other.
#
# Expected: {"first": 2, "second": 1}. In Step Functions all expressions of an Assign see the
# variables as they were on entering the state:
# https://docs.aws.amazon.com/step-functions/latest/dg/workflow-variables.html
# Seen: {"first": 2, "second": 2}. The second sees what the first has just set, so that a state
# machine which rotates or counts with two variables goes another way than on AWS.
set -euo pipefail
folder="$(mktemp -d)"
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet ministack==1.5.33 boto3==1.43.36 jsonata-python==0.7.1

port="$("$folder/venv/bin/python" -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')"
GATEWAY_PORT="$port" BIND_HOST=127.0.0.1 "$folder/venv/bin/python" -m ministack.app >"$folder/log" 2>&1 &
trap 'kill $! 2>/dev/null || true; rm -rf "$folder"' EXIT

PORT="$port" "$folder/venv/bin/python" - <<'PYTHON'
import json, os, sys, time
import boto3, botocore.exceptions

states = boto3.client(
    "stepfunctions", region_name="us-east-1", endpoint_url=f"http://127.0.0.1:{os.environ['PORT']}",
    aws_access_key_id="test", aws_secret_access_key="test",
)
definition = {
    "QueryLanguage": "JSONata",
    "StartAt": "Before",
    "States": {
        "Before": {"Type": "Pass", "Assign": {"first": 1}, "Next": "Both"},
        "Both": {"Type": "Pass", "Assign": {"first": 2, "second": "{% $first %}"}, "Next": "Show"},
        "Show": {"Type": "Pass", "Output": {"first": "{% $first %}", "second": "{% $second %}"}, "End": True},
    },
}

def until(attempt, seconds=60):
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        try:
            if (result := attempt()) is not None:
                return result
        except botocore.exceptions.EndpointConnectionError:
            pass
        time.sleep(0.1)
    sys.exit("ministack did not answer in time")

machine = until(lambda: states.create_state_machine(
    name="assign", definition=json.dumps(definition), roleArn="arn:aws:iam::000000000000:role/any"))
run = states.start_execution(stateMachineArn=machine["stateMachineArn"])

def ended():
    described = states.describe_execution(executionArn=run["executionArn"])
    return described if described["status"] != "RUNNING" else None

seen = json.loads(until(ended)["output"])
print("ministack 1.5.33:", seen)
sys.exit(seen != {"first": 2, "second": 2})
PYTHON
