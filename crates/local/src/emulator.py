"""Runs the emulator, with the one field of a launch template that it keeps but does not show.

https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_ResponseLaunchTemplateData.html
"""

import sys
from html import escape

from ministack.app import main
from ministack.services import ec2

_SHOWN = {
    "MaxPrice": "maxPrice",
    "SpotInstanceType": "spotInstanceType",
    "BlockDurationMinutes": "blockDurationMinutes",
    "ValidUntil": "validUntil",
    "InstanceInterruptionBehavior": "instanceInterruptionBehavior",
}

_launch_template_data = ec2._lt_data_xml


def _instance_market_options(options):
    spot = options.get("SpotOptions") or {}
    shown = "".join(
        f"<{tag}>{escape(str(spot[key]))}</{tag}>" for key, tag in _SHOWN.items() if key in spot
    )
    return (
        "<instanceMarketOptions>"
        f"<marketType>{escape(options.get('MarketType', ''))}</marketType>"
        f"<spotOptions>{shown}</spotOptions>"
        "</instanceMarketOptions>"
    )


def _show(data):
    options = data.get("InstanceMarketOptions")
    return _launch_template_data(data) + (_instance_market_options(options) if options else "")


ec2._lt_data_xml = _show
sys.exit(main())
