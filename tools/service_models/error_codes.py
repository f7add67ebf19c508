"""Codes of errors that AWS documents outside of its models, with their status.

The models list an operation's own errors. A code that any operation may reply belongs here once a
test brings it, after a look at AWS's page.
"""

# https://docs.aws.amazon.com/autoscaling/ec2/APIReference/CommonErrors.html
# https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_access-denied.html
# The last is what LaunchInstances replies if the group has a warm pool; its page gives no status.
# https://docs.aws.amazon.com/autoscaling/ec2/userguide/launch-instances-synchronously.html
_QUERY = {"AccessDenied": 403, "ValidationError": 400, "UnsupportedOperation": 400}
# https://docs.aws.amazon.com/AWSEC2/latest/APIReference/errors-overview.html
_EC2 = {"MaxConfigLimitExceeded": 400, "Unavailable": 503, "UnauthorizedOperation": 403}
# https://docs.aws.amazon.com/lambda/latest/api/CommonErrors.html
_REST_JSON = {"AccessDeniedException": 403}
# https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/CommonErrors.html
_CBOR = {"AccessDeniedException": 403}
# https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/CommonErrors.html
_JSON = {"AccessDeniedException": 400}
# https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html
_REST_XML = {"NoSuchBucket": 404}
_BY_PROTOCOL = {
    "json": _JSON,
    "query": _QUERY,
    "ec2": _EC2,
    "rest-json": _REST_JSON,
    "rest-xml": _REST_XML,
    "smithy-rpc-v2-cbor": _CBOR,
}


def documented(protocol: str, code: str) -> int | None:
    """The status of a code that any operation of the protocol may reply."""
    return _BY_PROTOCOL.get(protocol, {}).get(code)
