"""Whose turn it is, when several workers share work on many things and each goes on with the thing that it has."""

import threading
from collections import deque
from collections.abc import Iterable
from typing import Generic, TypeVar

T = TypeVar("T")
Key = tuple[str, str]
"""A thing, and the part of it that should be done by one worker."""


class Turns(Generic[T]):
    """Work that waits; threads take it.

    Args:
        work: what it is about, which part of that, and the work, in the order in which it should be done.
    """

    def __init__(self, work: Iterable[tuple[str, str, T]]) -> None:
        """Sorts it by what it is about."""
        self._waiting: dict[Key, deque[T]] = {}
        for about, part, one in work:
            self._waiting.setdefault((about, part), deque()).append(one)
        self._held: dict[int, Key] = {}
        self._lock = threading.Lock()

    def take(self) -> T:
        """The next for this thread: of the part that it had last; else of another part of that thing; else what nobody
        has; else what most is left of.

        Raises:
            ValueError: nothing is left.
        """
        with self._lock:
            key = self._choice(self._held.pop(threading.get_ident(), ("", "")))
            self._held[threading.get_ident()] = key
            one = self._waiting[key].popleft()
            if not self._waiting[key]:
                del self._waiting[key]
            return one

    def _choice(self, last: Key) -> Key:
        if last in self._waiting:
            return last
        if not self._waiting:
            raise ValueError("nothing is left to be done")
        held = set(self._held.values())
        things = {about for about, _ in held}
        own = [key for key in self._waiting if key[0] == last[0]]
        others = [key for key in self._waiting if key[0] not in things]
        best = own or others or list(self._waiting)
        free = [key for key in best if key not in held]
        return free[0] if free else max(best, key=lambda key: len(self._waiting[key]))
