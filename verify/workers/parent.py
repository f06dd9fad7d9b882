"""A process that ends when the one does that started it."""

import ctypes
import signal

PARENT_DEATH = 1
"""`prctl`'s name for the signal that a process gets when its parent ends."""


def end_with_parent() -> None:
    """Asks the kernel to kill this process when its parent ends, however that does."""
    ctypes.CDLL(None).prctl(PARENT_DEATH, signal.SIGKILL)
