"""What runs inside a worker process: limits, silence, and noticing what a candidate changes globally."""

import os
import random
import resource
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np
import torch

GIGABYTE = 1 << 30
MEMORY = 4 * GIGABYTE
"""How much address space a worker may take beyond what it has after its imports."""

OUTPUT = 64 << 20
"""How many bytes a worker may write to one file, its captured output included."""


def prepare() -> None:
    """Called once in each new worker: one thread, limits, output to a file of its own."""
    torch.set_num_threads(1)
    with open("/proc/self/statm") as statm:
        size = int(statm.read().split()[0]) * resource.getpagesize()
    resource.setrlimit(resource.RLIMIT_AS, (size + MEMORY, resource.RLIM_INFINITY))
    resource.setrlimit(resource.RLIMIT_FSIZE, (OUTPUT, resource.RLIM_INFINITY))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    capture = tempfile.TemporaryFile()  # noqa: SIM115 - lives as long as the worker
    os.dup2(capture.fileno(), 1)
    os.dup2(capture.fileno(), 2)
    sys.dont_write_bytecode = True


GLOBALS: dict[str, tuple[Callable[[], Any], Callable[[Any], Any]]] = {
    "default dtype": (torch.get_default_dtype, torch.set_default_dtype),
    "torch's RNG state": (lambda: torch.get_rng_state().numpy().tobytes(), lambda s: torch.set_rng_state(_bytes(s))),
    "numpy's RNG state": (lambda: repr(np.random.get_state()[1:]), lambda s: None),
    "Python's RNG state": (random.getstate, random.setstate),
    "deterministic algorithms": (torch.are_deterministic_algorithms_enabled, torch.use_deterministic_algorithms),
    "number of threads": (torch.get_num_threads, torch.set_num_threads),
    "gradient mode": (torch.is_grad_enabled, torch.set_grad_enabled),
}
"""Global state → how it is read, how it is put back."""


def _bytes(state: bytes) -> torch.Tensor:
    return torch.frombuffer(bytearray(state), dtype=torch.uint8)


@contextmanager
def undone() -> Iterator[list[str]]:
    """Puts global state back, and lists what had changed; fills the list on leaving."""
    before = {name: read() for name, (read, _) in GLOBALS.items()}
    changed: list[str] = []
    try:
        yield changed
    finally:
        for name, (read, write) in GLOBALS.items():
            if read() != before[name]:
                changed.append(name)
                write(before[name])


@contextmanager
def output() -> Iterator[list[str]]:
    """Collects what is written to standard output and error meanwhile: its first characters and its length, if any."""
    written: list[str] = []
    with tempfile.TemporaryFile() as file, _redirected(file.fileno()):
        yield written
        _flush()
        if length := os.fstat(file.fileno()).st_size:
            text = os.pread(file.fileno(), 200, 0).decode(errors="replace")
            written.append(f"{text!r} ({length} bytes)")


@contextmanager
def _redirected(to: int) -> Iterator[None]:
    _flush()
    kept = [os.dup(1), os.dup(2)]
    try:
        os.dup2(to, 1)
        os.dup2(to, 2)
        yield
    finally:
        _flush()
        for descriptor, copy in zip((1, 2), kept, strict=True):
            os.dup2(copy, descriptor)
            os.close(copy)


def _flush() -> None:
    sys.stdout.flush()
    sys.stderr.flush()
