#!/usr/bin/env bash
# AWS CLI 1.46.3 sends SQS's calls to AWS in most regions, whatever AWS_ENDPOINT_URL says.
#
# Expected: in each way of configuring an endpoint the local server is asked, as it is for SNS:
# https://docs.aws.amazon.com/cli/v1/userguide/cli-configure-endpoints.html
# https://docs.aws.amazon.com/sdkref/latest/guide/feature-ss-endpoints.html
# Seen: in the 26 regions that awscli/customizations/overridesslcommonname.py lists, among them
# us-east-1, `aws sqs` asks queue.amazonaws.com or REGION.queue.amazonaws.com. AWS_ENDPOINT_URL,
# AWS_ENDPOINT_URL_SQS, endpoint_url of the profile and that of its services section do nothing, so a
# test against a local AWS sends its calls, signed with whatever key is set, to AWS itself. Only
# --endpoint-url helps. In a region that is not listed, such as il-central-1, the variables work.
# https://github.com/aws/aws-cli/issues/8737 has the first of the four. AWS CLI 2, which is not on
# PyPI, was not run.
set -euo pipefail
folder="$(mktemp -d)"
trap 'kill "${server:-}" 2>/dev/null || true; rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet awscli==1.46.3

# Notes who is asked for: itself, or as a proxy the host that a tunnel is to lead to.
cat >"$folder/server.py" <<'PYTHON'
import http.server, sys

class Notes(http.server.BaseHTTPRequestHandler):
    def do_POST(self):
        self.answer("the local server", 400)

    def do_CONNECT(self):
        self.answer(self.path, 502)

    def answer(self, asked, status):
        with open(sys.argv[1], "a") as file:
            print(asked, file=file)
        self.send_response(status)
        self.send_header("content-length", "0")
        self.end_headers()

    def log_message(self, *_):
        pass

server = http.server.HTTPServer(("127.0.0.1", 0), Notes)
print(server.server_port, flush=True)
server.serve_forever()
PYTHON
mkfifo "$folder/port"
"$folder/venv/bin/python" "$folder/server.py" "$folder/asked" >"$folder/port" &
server=$!
read -r port <"$folder/port"
url="http://127.0.0.1:$port"
printf '[default]\nendpoint_url = %s\n' "$url" >"$folder/profile"
printf '[default]\nservices = here\n[services here]\nsqs =\n  endpoint_url = %s\n' "$url" >"$folder/services"

failed=0
# asks EXPECTED COMMAND [NAME=VALUE...]: whom the AWS CLI asks.
asks() {
  local expected="$1" command="$2"
  shift 2
  : >"$folder/asked"
  # shellcheck disable=SC2086
  env -i PATH="$PATH" HOME="$folder" HTTPS_PROXY="$url" AWS_MAX_ATTEMPTS=1 AWS_ACCESS_KEY_ID=test \
    AWS_SECRET_ACCESS_KEY=test AWS_DEFAULT_REGION=us-east-1 AWS_CONFIG_FILE=/dev/null "$@" \
    "$folder/venv/bin/aws" $command >"$folder/answer" 2>&1 || true
  asked="$(sort -u "$folder/asked")"
  printf '%s aws %s\n    asks %s\n' "${*//$folder\//}" "$command" "$asked" | sed "s|$url|URL|g"
  [ "$asked" = "$expected" ] || failed=1
}
asks "queue.amazonaws.com:443" "sqs list-queues" AWS_ENDPOINT_URL="$url"
asks "queue.amazonaws.com:443" "sqs list-queues" AWS_ENDPOINT_URL_SQS="$url"
asks "queue.amazonaws.com:443" "sqs list-queues" AWS_CONFIG_FILE="$folder/profile"
asks "queue.amazonaws.com:443" "sqs list-queues" AWS_CONFIG_FILE="$folder/services"
asks "the local server" "sqs list-queues --endpoint-url $url"
asks "the local server" "sqs list-queues" AWS_ENDPOINT_URL="$url" AWS_DEFAULT_REGION=il-central-1
asks "the local server" "sns list-topics" AWS_ENDPOINT_URL="$url"
exit "$failed"
