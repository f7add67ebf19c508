"""Runs a command, and writes how long it took and the most memory of any one process of it."""

import json
import resource
import subprocess
import sys
import time

begin = time.monotonic()
subprocess.run(sys.argv[2:], check=True)
figures = {
    "seconds": time.monotonic() - begin,
    # Linux counts it in KiB.
    "peak_mib": resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024,
}
with open(sys.argv[1], "w") as file:
    json.dump(figures, file)
