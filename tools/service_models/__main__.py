"""Validates recorded exchanges against AWS's service models, which botocore ships.

`dev/fake-aws` records them in the folder that SPOTMANAGER_EXCHANGES names.
"""

import argparse
import sys
from pathlib import Path

import accepted
import recordings
from validation import validate


def main() -> int:
    """Prints a line for each deviation; returns the exit code."""
    parser = argparse.ArgumentParser(prog="service_models", description=__doc__)
    parser.add_argument("folder", type=Path, help="the folder of the recorded exchanges")
    parser.add_argument(
        "--partial",
        action="store_true",
        help="accept that a deviation of accepted.toml does not occur, because not all tests ran",
    )
    arguments = parser.parse_args()
    outcome = validate(
        recordings.read(arguments.folder), accepted.read(), is_partial=arguments.partial
    )
    for failure in outcome.failures:
        print(failure)
    print(outcome)
    return 1 if outcome.failures else 0


sys.exit(main())
