"""An e-mail address is subscribed only once somebody has followed the link that SNS sends it.

Until then its subscription has no ARN but a word in its place:
https://docs.aws.amazon.com/sns/latest/dg/sns-email-notifications.html
https://docs.aws.amazon.com/sns/latest/api/API_ListSubscriptionsByTopic.html
"""

from ministack.services import sns
from ministack.services.cloudformation import provisioners

_SUBSCRIPTION = provisioners._RESOURCE_HANDLERS["AWS::SNS::Subscription"]

_create = _SUBSCRIPTION["create"]
_list_by_topic = sns._list_subscriptions_by_topic


def _create_unconfirmed(logical_id, props, stack_name):
    created = _create(logical_id, props, stack_name)
    topic = sns._topics.get(props.get("TopicArn", ""), {})
    for subscription in topic.get("subscriptions", []):
        if subscription["arn"] == created[0] and subscription["protocol"] == "email":
            subscription["confirmed"] = False
            subscription["attributes"]["PendingConfirmation"] = "true"
    return created


def _list_without_unconfirmed_arns(params):
    status, headers, body = _list_by_topic(params)
    topic = sns._topics.get(sns._p(params, "TopicArn"), {})
    for subscription in topic.get("subscriptions", []):
        if not subscription.get("confirmed"):
            body = body.replace(subscription["arn"].encode(), b"PendingConfirmation")
    return status, headers, body


def install():
    """Puts this in the emulator's place."""
    _SUBSCRIPTION["create"] = _create_unconfirmed
    sns._list_subscriptions_by_topic = _list_without_unconfirmed_arns
