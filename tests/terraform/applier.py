"""Creates a user of this name with the policy on stdin, who may manage keys too, and prints their
access key as JSON."""

import json
import sys

from botocore.session import Session

KEYS = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Action": "kms:*", "Resource": "*"}],
}

name = sys.argv[1]
iam = Session().create_client("iam")
# A user's own policies have 2,048 characters in all.
# https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
policy = iam.create_policy(PolicyName=name, PolicyDocument=sys.stdin.read())["Policy"]
iam.create_user(UserName=name)
iam.attach_user_policy(UserName=name, PolicyArn=policy["Arn"])
iam.put_user_policy(UserName=name, PolicyName="keys", PolicyDocument=json.dumps(KEYS))
key = iam.create_access_key(UserName=name)["AccessKey"]
print(json.dumps({field: key[field] for field in ("AccessKeyId", "SecretAccessKey")}))
