#!/usr/bin/env bash
# CloudFormation's service model does not know a status that its own stack events have.
#
# Expected: ResourceStatus, the type of StackEvent.ResourceStatus, lists every status of a stack,
# because a stack's own status is an event too: it does list the ROLLBACK and UPDATE_ROLLBACK ones,
# which only stacks have.
# Seen in botocore 1.43.36: REVIEW_IN_PROGRESS is missing, which is the first event of each stack
# that a change set of type CREATE makes, and so are the two ..._COMPLETE_CLEANUP_IN_PROGRESS, which
# an update has before its end:
# https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/view-stack-events.html
# An SDK with closed enums reads that event as unknown, and a validator rejects AWS's own reply.
set -euo pipefail
folder="$(mktemp -d)"
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet botocore==1.43.36

"$folder/venv/bin/python" - <<'PYTHON'
import sys
from botocore.loaders import Loader
from botocore.model import ServiceModel

model = ServiceModel(Loader().load_service_model("cloudformation", "service-2"))
of_stacks = set(model.shape_for("StackStatus").enum)
of_events = set(model.shape_for("ResourceStatus").enum)
missing = sorted(of_stacks - of_events)
print("statuses of a stack:", len(of_stacks))
print("of these not in StackEvent.ResourceStatus:", missing)
cleanups = [f"{update}_COMPLETE_CLEANUP_IN_PROGRESS" for update in ("UPDATE", "UPDATE_ROLLBACK")]
sys.exit(missing != ["REVIEW_IN_PROGRESS", *cleanups])
PYTHON
