"""Refuses names that are taken where AWS does: topics with other tags, and dashboards.

CreateTopic returns an existing topic, but not to a caller that asks for other tags:
https://docs.aws.amazon.com/sns/latest/api/API_CreateTopic.html
https://github.com/localstack/localstack/issues/2405

Dashboards are global, so two regions share their names:
https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-cloudwatch-dashboard.html
"""

from ministack.core.responses import AccountScopedDict, get_account_id, get_region
from ministack.services import cloudwatch, sns
from ministack.services.cloudformation import provisioners

_DASHBOARD = provisioners._RESOURCE_HANDLERS["AWS::CloudWatch::Dashboard"]

_create_topic = sns._create_topic
_create_dashboard = _DASHBOARD["create"]


def _create_topic_of_these_tags(params):
    name = sns._p(params, "Name")
    known = sns._topics.get(f"arn:aws:sns:{get_region()}:{get_account_id()}:{name}")
    if known and not sns._param_tags(params).items() <= known["tags"].items():
        message = "Invalid parameter: Tags Reason: Topic already exists with different tags"
        return sns._error("InvalidParameter", message, 400)
    return _create_topic(params)


def _create_dashboard_of_a_new_name(logical_id, props, stack_name):
    name = props.get("DashboardName")
    if name in cloudwatch._dashboards:
        raise ValueError(f"{name} already exists")
    return _create_dashboard(logical_id, props, stack_name)


def install():
    """Puts this in the emulator's place."""
    sns._create_topic = _create_topic_of_these_tags
    cloudwatch._dashboards = AccountScopedDict()
    _DASHBOARD["create"] = _create_dashboard_of_a_new_name
