"""From LLVM's language to functions of this machine, by llvmlite: `pip install lawful[fast]`.

What is compiled has no branches but its loop and is made of vectors already. LLVM's optimizers find nothing there that
would pay for their time, so they are left out: a step is compiled in ten milliseconds, and need not be kept on disk.
"""

from collections.abc import Callable
from ctypes import CFUNCTYPE, c_int64, c_void_p
from functools import cache
from typing import Any

from llvmlite import binding as llvm

Function = Callable[..., int]
"""(the addresses of the table of lanes, of the numbers and of the table of results, how many lanes) → 0, or 1 if it
refuses."""

PROTOTYPE = CFUNCTYPE(c_int64, c_void_p, c_void_p, c_void_p, c_int64)


def compiled(text: str) -> Function:
    """The function `step` of a text."""
    module = llvm.parse_assembly(text)
    engine = llvm.create_mcjit_compiler(module, _target())
    engine.finalize_object()
    function = PROTOTYPE(engine.get_function_address("step"))
    engine.remove_module(module)  # what the code was made from, five times as large
    ENGINES.append(engine)
    return function


@cache
def _target() -> Any:
    """This machine, with all that its processor can do."""
    llvm.initialize_native_target()
    llvm.initialize_native_asmprinter()
    return llvm.Target.from_default_triple().create_target_machine(
        cpu=llvm.get_host_cpu_name(), features=llvm.get_host_cpu_features().flatten(), opt=0, jit=True
    )


ENGINES: list[Any] = []
"""They own the code of what was compiled, for as long as this process lives."""
