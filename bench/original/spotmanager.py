"""The original's decision, for Python 3: the same calls in the same order, and its defects.

It is here to be measured, and is deployed nowhere. docs/original.md has what SpotManager does instead.
"""

import groups
import prices

# The original's own constants.
_NESTED_STACK = "stackGPU"
_ON_DEMAND_GROUP = "asgGPU"
_SPOT_GROUP = "asgGPUSpot"


def handler(event, context):
    """Takes `{"stack_name": …, "vpc_id": …}`, and says what it did."""
    nested = groups.nested_stack(event["stack_name"], _NESTED_STACK)
    groups.physical_name(nested, _ON_DEMAND_GROUP)
    spot = groups.physical_name(nested, _SPOT_GROUP)
    if groups.instance_count(spot) > 0:
        return "Already instances"
    maximum, instance_type = groups.spot_tags(spot)
    if not prices.is_worth_it(instance_type, event["vpc_id"], maximum):
        return "Would go to the other ASG"
    policy = groups.scale_up_policy(spot)
    groups.execute(spot, policy)
    return f"Executed {policy} on {spot}"
