"""What a check may take is its own time: how busy the machine is decides nothing."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator

import pytest

from lawful.verify.errors import WorkerTimeoutError
from lawful.verify.workers.pool import Pool

OTHERS = 3

pytestmark = pytest.mark.skipif(
    not os.path.exists("/proc/self/schedstat"), reason="the system does not say who waited for a processor"
)


def works(processor: int, seconds: float) -> float:
    """Uses a processor for so long; how long that took."""
    os.sched_setaffinity(0, {processor})
    start, begun = time.monotonic(), time.process_time()
    while time.process_time() - begun < seconds:
        pass
    return time.monotonic() - start


def sleeps(processor: int, seconds: float) -> float:
    """Waits for so long."""
    os.sched_setaffinity(0, {processor})
    time.sleep(seconds)
    return seconds


@pytest.fixture(scope="module")
def pool() -> Iterator[Pool]:
    """With a worker that is there before the others are."""
    with Pool(1) as pool:
        pool.call(f"{__name__}:sleeps", max(os.sched_getaffinity(0)), 0.0, gives=float, timeout=60.0)
        yield pool


@pytest.fixture
def crowded(pool: Pool) -> Iterator[int]:
    """A processor on which others are busy."""
    processor = max(os.sched_getaffinity(0))
    busy = f"import os; os.sched_setaffinity(0, {{{processor}}}); print(flush=True)\nwhile True: pass"
    command = ["timeout", "600", sys.executable, "-c", busy]
    others = [subprocess.Popen(command, stdout=subprocess.PIPE) for _ in range(OTHERS)]
    try:
        for other in others:
            assert other.stdout is not None
            other.stdout.readline()  # it is there
        yield processor
    finally:
        for other in others:
            other.terminate()
            other.communicate()


def test_a_worker_that_others_keep_waiting_is_waited_for(pool: Pool, crowded: int) -> None:
    """Of a processor it gets half at the most: systems share among sessions first."""
    took = pool.call(f"{__name__}:works", crowded, 1.0, gives=float, timeout=1.3)
    assert took > 1.3


@pytest.mark.parametrize("does", ["works", "sleeps"])
def test_one_that_takes_too_long_is_ended_there_too(pool: Pool, crowded: int, does: str) -> None:
    with pytest.raises(WorkerTimeoutError):
        pool.call(f"{__name__}:{does}", crowded, 60.0, gives=float, timeout=0.5)
