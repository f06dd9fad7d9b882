"""Whose turn it is, when several workers share work on many things and each goes on with the thing that it has."""

import threading
from collections import deque
from collections.abc import Iterable
from typing import Generic, TypeVar

T = TypeVar("T")


class Turns(Generic[T]):
    """Work that waits; threads take it.

    Args:
        work: what it is about, and the work, in the order in which it should be done.
    """

    def __init__(self, work: Iterable[tuple[str, T]]) -> None:
        """Sorts it by what it is about."""
        self._waiting: dict[str, deque[T]] = {}
        for about, one in work:
            self._waiting.setdefault(about, deque()).append(one)
        self._held: dict[int, str] = {}
        self._lock = threading.Lock()

    def take(self) -> T:
        """The next for this thread: about what it had last; else what nobody has; else what most is left of.

        Raises:
            ValueError: nothing is left.
        """
        with self._lock:
            about = self._choice(self._held.pop(threading.get_ident(), ""))
            self._held[threading.get_ident()] = about
            one = self._waiting[about].popleft()
            if not self._waiting[about]:
                del self._waiting[about]
            return one

    def _choice(self, last: str) -> str:
        if last in self._waiting:
            return last
        if not self._waiting:
            raise ValueError("nothing is left to be done")
        held = set(self._held.values())
        free = [about for about in self._waiting if about not in held]
        return free[0] if free else max(self._waiting, key=lambda about: len(self._waiting[about]))
