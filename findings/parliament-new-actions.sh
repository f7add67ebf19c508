#!/usr/bin/env bash
# parliament 1.6.4 reports autoscaling:LaunchInstances as an unknown action.
#
# Expected: no finding. AWS lists the action, with the resource type autoScalingGroup:
# https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonec2autoscaling.html
# Seen: parliament judges by the IAM definitions that its package carries, which end before that
# action, and says so in no message. A CI gate on it refuses a valid policy.
set -euo pipefail
folder="$(mktemp -d)"
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet parliament==1.6.4 setuptools==80.9.0

policy() {
  printf '{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "%s",
    "Resource": "arn:aws:autoscaling:us-east-1:111122223333:autoScalingGroup:*:autoScalingGroupName/*"}]}' "$1"
}
analyse() {
  # It exits with 1 if it has anything to say.
  "$folder/venv/bin/parliament" --string "$(policy "$1")" 2>/dev/null || true
}

known="$(analyse autoscaling:SetDesiredCapacity)"
new="$(analyse autoscaling:LaunchInstances)"
echo "autoscaling:SetDesiredCapacity: ${known:-no finding}"
echo "autoscaling:LaunchInstances:    ${new:-no finding}"
[ -z "$known" ] && [[ "$new" == *UNKNOWN_ACTION* || "$new" == *"Unknown action"* ]]
