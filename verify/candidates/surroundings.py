"""What a candidate could change around itself, noticed and undone: global state and standard output."""

import gc
import os
import pickle
import random
import signal
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import numpy as np
import torch

from lawful.verify.candidates.program import STARTED


def _handlers() -> dict[int, Any]:
    return {number: signal.getsignal(number) for number in signal.valid_signals()}


def _set_handlers(before: dict[int, Any]) -> None:
    for number, handler in before.items():
        if signal.getsignal(number) != handler and handler is not None:
            signal.signal(number, handler)


def _children() -> frozenset[int]:
    """The process ids of this process's children, but for the programs that it asks."""
    texts = (path.read_text() for path in Path("/proc/self/task").glob("*/children"))
    return frozenset(int(pid) for text in texts for pid in text.split()) - STARTED


def _end_children(before: frozenset[int]) -> None:
    for pid in _children() - before:
        with suppress(OSError):
            os.kill(pid, signal.SIGKILL)
            os.waitpid(pid, 0)


def _flushes_denormals() -> bool:
    return float(torch.tensor(1e-40) * 1.0) == 0.0


GLOBALS: dict[str, tuple[Callable[[], Any], Callable[[Any], Any]]] = {
    "the default dtype": (torch.get_default_dtype, torch.set_default_dtype),
    "the default device": (torch.get_default_device, torch.set_default_device),
    "torch's RNG state": (
        lambda: torch.get_rng_state().numpy().tobytes(),
        lambda state: torch.set_rng_state(torch.frombuffer(bytearray(state), dtype=torch.uint8)),
    ),
    "numpy's RNG state": (
        lambda: pickle.dumps(np.random.get_state()),
        lambda state: np.random.set_state(pickle.loads(state)),
    ),
    "Python's RNG state": (random.getstate, random.setstate),
    "the deterministic algorithms": (
        torch.are_deterministic_algorithms_enabled,
        torch.use_deterministic_algorithms,
    ),
    "the number of threads": (torch.get_num_threads, torch.set_num_threads),
    "the gradient mode": (torch.is_grad_enabled, torch.set_grad_enabled),
    "the treatment of denormals": (_flushes_denormals, torch.set_flush_denormal),
    "the working directory": (os.getcwd, os.chdir),
    "the signal handlers": (_handlers, _set_handlers),
    "the alarm clock": (
        lambda: signal.getitimer(signal.ITIMER_REAL)[0] > 0.0,
        lambda armed: signal.setitimer(signal.ITIMER_REAL, 0.0),
    ),
    "the garbage collection": (gc.isenabled, lambda enabled: gc.enable() if enabled else gc.disable()),
    "the child processes": (_children, _end_children),
}
"""Global state → how it is read, how it is put back."""


SEEDED = torch.Generator().manual_seed(0).get_state()


def seeded() -> None:
    """Sets torch's, numpy's and Python's generators of random numbers to where every run begins."""
    torch.set_rng_state(SEEDED)
    np.random.seed(0)  # to write a state takes twenty times as long
    random.seed(0)


def drawn() -> bool:
    """Whether random numbers have been drawn since."""
    return not torch.equal(torch.get_rng_state(), SEEDED) or random.getstate() != _PYTHON or _numpy_drew()


_NUMPY = np.random.RandomState(0).get_state()
_PYTHON = random.Random(0).getstate()


def _numpy_drew() -> bool:
    return pickle.dumps(np.random.get_state()) != pickle.dumps(_NUMPY)


@contextmanager
def undone() -> Iterator[list[str]]:
    """Puts global state back, and lists what had changed; fills the list on leaving. Random numbers begin as in every
    run."""
    generators = torch.get_rng_state(), np.random.get_state(), random.getstate()
    seeded()
    before = {name: read() for name, (read, _) in GLOBALS.items()}
    changed: list[str] = []
    try:
        yield changed
    finally:
        for name, (read, write) in GLOBALS.items():
            if read() != before[name]:
                changed.append(name)
                write(before[name])
        torch.set_rng_state(generators[0])
        np.random.set_state(generators[1])
        random.setstate(generators[2])


@contextmanager
def output() -> Iterator[list[str]]:
    """Collects what is done to standard output and error meanwhile: prints so and so much, closes them."""
    done: list[str] = []
    with tempfile.TemporaryFile() as file, _redirected(file.fileno()):
        streams = {1: sys.stdout, 2: sys.stderr}
        yield done
        _flush()
        if length := os.fstat(file.fileno()).st_size:
            text = os.pread(file.fileno(), 200, 0).decode(errors="replace")
            done.append(f"prints {text!r} ({length} bytes)")
        closed = (fd for fd, stream in streams.items() if stream.closed or not _leads_to(fd, file.fileno()))
        done += [f"closes {STREAMS[fd]}" for fd in closed]


STREAMS = {1: "standard output", 2: "standard error"}


@contextmanager
def _redirected(to: int) -> Iterator[None]:
    _flush()
    kept = {descriptor: os.dup(descriptor) for descriptor in STREAMS}
    streams = sys.stdout, sys.stderr
    try:
        for descriptor in STREAMS:
            os.dup2(to, descriptor)
        sys.stdout, sys.stderr = (open(fd, "w", closefd=False) for fd in STREAMS)  # pytest's lead elsewhere
        yield
    finally:
        _flush()
        for descriptor, copy in kept.items():
            os.dup2(copy, descriptor)
            os.close(copy)
        sys.stdout, sys.stderr = (_open(s, fd) for s, fd in zip(streams, STREAMS, strict=True))


def _open(stream: Any, descriptor: int) -> Any:
    return open(descriptor, "w", closefd=False) if stream.closed else stream


def _leads_to(descriptor: int, file: int) -> bool:
    try:
        return os.path.samestat(os.fstat(descriptor), os.fstat(file))
    except OSError:
        return False


def _flush() -> None:
    for stream in (sys.stdout, sys.stderr):
        with suppress(OSError, ValueError):
            stream.flush()
