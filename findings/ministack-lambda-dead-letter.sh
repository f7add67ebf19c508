#!/usr/bin/env bash
# ministack 1.5.33 puts the record of a destination into a function's dead-letter queue.
#
# Expected: the body of the message is the event as it was, {"job": 1}, and the message has the
# attributes RequestID, ErrorCode and ErrorMessage:
# https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-retain-records.html
# Seen: the body is what Lambda sends to a destination for failures, with the event under
# requestPayload, and the message has no attributes. A program that replays dead letters, right by
# AWS, hands the function an event that it does not know; one that is right here is wrong on AWS.
set -euo pipefail
folder="$(mktemp -d)"
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet ministack==1.5.33 boto3==1.43.36

port="$("$folder/venv/bin/python" -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')"
GATEWAY_PORT="$port" BIND_HOST=127.0.0.1 LAMBDA_ASYNC_RETRY_BASE_SECONDS=0.1 \
  "$folder/venv/bin/python" -m ministack.app >"$folder/log" 2>&1 &
trap 'kill $! 2>/dev/null || true; rm -rf "$folder"' EXIT

PORT="$port" "$folder/venv/bin/python" - <<'PYTHON'
import io, json, os, sys, time, zipfile
import boto3, botocore.exceptions

def client(service):
    return boto3.client(
        service, region_name="us-east-1", endpoint_url=f"http://127.0.0.1:{os.environ['PORT']}",
        aws_access_key_id="test", aws_secret_access_key="test",
    )

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

sqs, functions = client("sqs"), client("lambda")
queue = until(lambda: sqs.create_queue(QueueName="dead"))["QueueUrl"]
arn = sqs.get_queue_attributes(QueueUrl=queue, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
package = io.BytesIO()
with zipfile.ZipFile(package, "w") as file:
    file.writestr("main.py", "def handler(event, context):\n    raise ValueError('no')\n")
functions.create_function(
    FunctionName="fails", Runtime="python3.12", Handler="main.handler", Code={"ZipFile": package.getvalue()},
    Role="arn:aws:iam::000000000000:role/any", DeadLetterConfig={"TargetArn": arn})
functions.invoke(FunctionName="fails", InvocationType="Event", Payload=b'{"job": 1}')

def letter():
    received = sqs.receive_message(QueueUrl=queue, MessageAttributeNames=["All"])
    return (received.get("Messages") or [None])[0]

letter = until(letter)
body, attributes = json.loads(letter["Body"]), letter.get("MessageAttributes")
print("ministack 1.5.33: fields of the body", sorted(body), "attributes", attributes)
sys.exit(body.get("requestPayload") != {"job": 1} or bool(attributes))
PYTHON
