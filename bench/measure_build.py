"""Builds packages one by one, and writes how long it took and the most memory of any one process.

Takes the file to write, cargo, the folder to build into, and the packages.
"""

import json
import resource
import subprocess
import sys
import time

into, cargo, folder, *packages = sys.argv[1:]
begin = time.monotonic()
for package in packages:
    options = ["--locked", "--release", "--target-dir", folder, "--package", package]
    subprocess.run([cargo, "build", *options], check=True)
figures = {
    "seconds": time.monotonic() - begin,
    # Linux counts it in KiB.
    "peak_mib": resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024,
}
with open(into, "w") as file:
    json.dump(figures, file)
