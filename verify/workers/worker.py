"""What runs inside a worker process: limits, silence, and an answer to every question."""

import importlib
import os
import pickle
import resource
import sys
import traceback
from functools import reduce
from multiprocessing import forkserver
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import torch

from lawful.verify.encoding import encode
from lawful.verify.errors import Unanswerable, told
from lawful.verify.workers.bytecode import keep
from lawful.verify.workers.parent import end_with_parent

MEMORY = 2 << 30
"""How many bytes of data a worker may have beyond what it has after its imports."""

DRIVER = 64 << 30
"""How many bytes CUDA may map besides; unmeasured, so generous."""

OUTPUT = 1 << 30
"""How many bytes a worker may write to one file; torch.compile's precompiled headers take 150 MB."""


def serve(pipe: Connection) -> None:
    """Answers questions until the pipe is closed, or the fork server ends because whoever asks has ended."""
    quiet = sys.dont_write_bytecode  # whoever asks wants none
    prepare()
    here, answer, modules = os.getpid(), b"", set(sys.modules)
    try:
        while os.getpid() == here:  # else the candidate forked, and this is the fork
            pipe.send_bytes(answer)
            if not quiet:
                keep(modules)
            function, arguments = pickle.loads(pipe.recv_bytes())
            mute()
            answer = answered(function, arguments)
    except (EOFError, OSError):
        pass
    os._exit(0)


def prepare() -> None:
    """Called once in each new worker: a process group of its own, one thread, limits.

    Memory is limited by what can be written to (RLIMIT_DATA), not by address space, of which CUDA reserves a
    multiple of all memory there is.
    """
    mute()
    os.setsid()
    follow_parent()
    torch.set_num_threads(1)
    memory = _data() + MEMORY + (DRIVER if torch.version.cuda else 0)
    resource.setrlimit(resource.RLIMIT_DATA, (memory, resource.RLIM_INFINITY))
    resource.setrlimit(resource.RLIMIT_FSIZE, (OUTPUT, resource.RLIM_INFINITY))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    sys.dont_write_bytecode = True


def follow_parent() -> None:
    """Lets this process end when its parent does: a worker with the fork server, which ends with the one who asks.

    The fork server waits for the end of a pipe; every process that it starts would keep that pipe open.
    """
    if forkserver._forkserver._forkserver_alive_fd is not None:  # type: ignore[attr-defined]
        os.close(forkserver._forkserver._forkserver_alive_fd)  # type: ignore[attr-defined]
        forkserver._forkserver._forkserver_alive_fd = None  # type: ignore[attr-defined]
    end_with_parent()


def _data() -> int:
    """Bytes of this process's data and heap."""
    said = Path("/proc/self/status").read_text()
    return int(said.partition("VmData:")[2].split()[0]) << 10


def mute() -> None:
    """Standard input, output and error lead nowhere, whatever the question before has done to them."""
    nowhere = os.open(os.devnull, os.O_RDWR)
    for descriptor in (0, 1, 2):
        os.dup2(nowhere, descriptor)
    if nowhere > 2:
        os.close(nowhere)
    sys.stdout, sys.stderr = open(1, "w", closefd=False), open(2, "w", closefd=False)


def answered(function: str, arguments: tuple[Any, ...]) -> bytes:
    """What the function returned, as `answer`; or why it did not, in words, as `unanswerable` or `raised`."""
    try:
        answer = encode(("answer", call(function, *arguments)))
        wait_for_accelerator()
        return answer
    except Unanswerable as error:
        return encode(("unanswerable", str(error)))
    except BaseException as error:
        return encode(("raised", f"it raises {told(error)}, {_place(error)}"))


def wait_for_accelerator() -> None:
    """Raises what a kernel has done meanwhile: after a fault, nothing in its process reaches the device any more.

    An answer that is an error ends the process, so that the next question is asked in a fresh one.
    """
    if torch.cuda.is_initialized():  # type: ignore[no-untyped-call]
        torch.cuda.synchronize()


def call(function: str, *arguments: Any) -> Any:
    """Calls `module:function`, named as text so that only the worker imports the module."""
    module, _, name = function.partition(":")
    return reduce(getattr, name.split("."), importlib.import_module(module))(*arguments)  # type: ignore[operator]


def _place(error: BaseException) -> str:
    """Where it was raised."""
    last = traceback.extract_tb(error.__traceback__)[-1]
    return f"in line {last.lineno} of {Path(last.filename).name}"
