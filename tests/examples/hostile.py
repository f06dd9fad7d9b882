"""Optimizers that do to their process what they should not; `Plain` alone is calm."""

import ctypes
import os
import random
import signal
import subprocess
import sys

import numpy as np
import torch


class Plain(torch.optim.Optimizer):
    def __init__(self, params, lr=1e-3):
        super().__init__(params, {"lr": lr})
        self.steps = 0

    @torch.no_grad()
    def step(self, closure=None):
        self.steps += 1
        self.act()
        for group in self.param_groups:
            for p in group["params"]:
                p.sub_(p.grad * group["lr"])

    def act(self):
        pass


def loop():
    while True:
        pass


def throw(error):
    raise error


class LoopsInConstructor(Plain):
    def __init__(self, params, lr=1e-3):
        loop()


class RaisesInConstructor(Plain):
    def __init__(self, params, lr=1e-3):
        raise OSError("no disk")


class OwnError(Exception):
    def __str__(self):
        raise ValueError("no message")


def deaf_loop(self):
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    open("looping", "w").close()
    loop()


def allocate(self):
    hoard = []
    while True:
        hoard.append(np.zeros(1 << 24))


def recurse(self):
    recurse(self)


def recurse_in_c(self):
    class Endless:
        def __add__(self, other):
            return self + other

    sys.setrecursionlimit(10**9)
    Endless() + Endless()


def close(*descriptors):
    for descriptor in descriptors:
        try:
            os.close(descriptor)
        except OSError:
            pass


def fork_once(self):
    if not forked:
        forked.append(True)
        os.fork()


forked = []


def at(step, act):
    return lambda self: act(self) if self.steps == step else None


ACTS = {
    "ExitsWith0": lambda self: os._exit(0),
    "ExitsWith0InC": lambda self: ctypes.CDLL(None)._exit(0),
    "Segfaults": lambda self: ctypes.string_at(0),
    "Aborts": lambda self: os.abort(),
    "KillsItself": lambda self: os.kill(os.getpid(), signal.SIGKILL),
    "Loops": deaf_loop,
    "Allocates": allocate,
    "Recurses": recurse,
    "RecursesInC": recurse_in_c,
    "RaisesFirst": at(1, lambda self: throw(RuntimeError("no"))),
    "RaisesFifth": at(5, lambda self: throw(RuntimeError("no"))),
    "RaisesItsOwn": lambda self: throw(OwnError()),
    "RaisesSystemExit": lambda self: throw(SystemExit(0)),
    "RaisesKeyboardInterrupt": lambda self: throw(KeyboardInterrupt()),
    "PrintsMegabytes": lambda self: print("x" * (2 << 20)),
    "WritesToStderr": lambda self: print("warning", file=sys.stderr),
    "SetsDtype": lambda self: torch.set_default_dtype(torch.float64),
    "SeedsTorch": lambda self: torch.manual_seed(1),
    "SeedsNumpy": lambda self: np.random.seed(1),
    "SeedsPython": lambda self: random.seed(1),
    "SetsDeterministic": lambda self: torch.use_deterministic_algorithms(True),
    "SetsThreads": lambda self: torch.set_num_threads(2),
    "ChangesFolder": lambda self: os.chdir("/"),
    "HandlesSignals": lambda self: signal.signal(signal.SIGUSR1, lambda *_: None),
    "SetsAlarm": lambda self: signal.alarm(1),
    "ClosesOutput": lambda self: close(1, 2),
    "ClosesStream": lambda self: sys.stdout.close(),
    "ClosesEverything": lambda self: os.closerange(0, 1024),
    "Forks": fork_once,
    "Spawns": at(1, lambda self: subprocess.Popen(["sleep", "600"])),
    "GivesNaN": lambda self: self.param_groups[0]["params"][0].fill_(float("nan")),
}
for name, act in ACTS.items():
    globals()[name] = type(name, (Plain,), {"act": act, "__module__": __name__})
