"""Whether spot is worth it: the plain mean of the last hour in the cheapest zone."""

from datetime import datetime, timedelta, timezone

import boto3

_MARGIN = 0.15

_ec2 = boto3.client("ec2")


def _zones(vpc_id):
    """The zone of each subnet for applications, one entry for each subnet."""
    wanted = {"vpc-id": [vpc_id], "tag:Usage": ["ApplicationSubnet*"]}
    filters = [{"Name": name, "Values": values} for name, values in wanted.items()]
    return [
        subnet["AvailabilityZone"]
        for subnet in _ec2.describe_subnets(Filters=filters)["Subnets"]
    ]


def _mean(instance_type, zone):
    now = datetime.now(timezone.utc)
    history = _ec2.describe_spot_price_history(
        StartTime=now - timedelta(hours=1),
        EndTime=now,
        InstanceTypes=[instance_type],
        ProductDescriptions=["Linux/UNIX"],
        AvailabilityZone=zone,
    )["SpotPriceHistory"]
    return sum(float(sample["SpotPrice"]) for sample in history) / len(history)


def is_worth_it(instance_type, vpc_id, maximum):
    means = [_mean(instance_type, zone) for zone in _zones(vpc_id)]
    # Of one zone the original takes no price at all.
    cheapest = min(means) if len(means) > 1 else 0.0
    return cheapest <= maximum * (1 - _MARGIN)
