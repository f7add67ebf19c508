"""Lists what a deployment could leave behind in each region that is named, and roles, as JSON."""

import json
import sys

from botocore.session import Session

# Service, operation, the list in its reply, and the name of an entry.
LISTS = [
    ("iam", "list_roles", "Roles", "Arn"),
    ("lambda", "list_functions", "Functions", "FunctionArn"),
    ("sns", "list_topics", "Topics", "TopicArn"),
    ("sns", "list_subscriptions", "Subscriptions", "TopicArn"),
    ("sqs", "list_queues", "QueueUrls", None),
    ("logs", "describe_log_groups", "logGroups", "arn"),
    ("events", "list_rules", "Rules", "Arn"),
    ("cloudwatch", "describe_alarms", "MetricAlarms", "AlarmArn"),
    ("cloudwatch", "list_dashboards", "DashboardEntries", "DashboardArn"),
    ("stepfunctions", "list_state_machines", "stateMachines", "stateMachineArn"),
    ("scheduler", "list_schedule_groups", "ScheduleGroups", "Arn"),
    ("scheduler", "list_schedules", "Schedules", "Arn"),
]


def names(session, region):
    """Every name of that region."""
    for service, operation, entries, name in LISTS:
        client = session.create_client(service, region_name=region)
        for page in client.get_paginator(operation).paginate():
            for entry in page.get(entries, []):
                yield entry[name] if name else entry


session = Session()
print(json.dumps(sorted({name for region in sys.argv[1:] for name in names(session, region)})))
