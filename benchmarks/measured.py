"""Runs a command and prints, as JSON, how many seconds it took and how many MiB were resident at most.

    python measured.py COMMAND [ARGUMENT …]

A small process in between, since Linux counts as a child's peak what the process that starts it has.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time


def main(command: list[str]) -> int:
    """Run a command; return its exit status."""
    start = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    unit = 1 if sys.platform == "darwin" else 1024
    print(json.dumps({"seconds": time.perf_counter() - start, "memory": usage.ru_maxrss * unit / 2**20}))
    return process.returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
