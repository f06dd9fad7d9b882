"""Whether processes still run."""

import time
from pathlib import Path


def ended(pids: list[int]) -> bool:
    """Whether none of these processes runs any more, after ten seconds at most."""
    deadline = time.monotonic() + 10.0
    while (left := any(map(runs, pids))) and time.monotonic() < deadline:
        time.sleep(0.01)
    return not left


def runs(pid: int) -> bool:
    """Whether there is such a process, other than as a zombie."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False
