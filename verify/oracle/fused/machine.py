"""From LLVM's language to functions of this machine, by llvmlite: `pip install lawful[fast]`.

What is compiled has no branches but its loop and is made of vectors already. LLVM's optimizers find nothing there that
would pay for their time, so they are left out.
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


def compiled(text: str) -> tuple[Function, bytes]:
    """The function `step` of a text, and its code, for `loaded`."""
    module, code = llvm.parse_assembly(text), [b""]
    engine = llvm.create_mcjit_compiler(module, _target())
    engine.set_object_cache(lambda _, made: code.append(bytes(made)))
    function = _function(engine)
    engine.remove_module(module)  # what the code was made from, five times as large
    return function, code[-1]


def loaded(code: bytes) -> Function:
    """The function of a code that was compiled on such a machine."""
    engine = llvm.create_mcjit_compiler(llvm.parse_assembly(""), _target())
    engine.add_object_file(llvm.ObjectFileRef.from_data(code))
    return _function(engine)


def _function(engine: Any) -> Function:
    engine.finalize_object()
    ENGINES.append(engine)
    return PROTOTYPE(engine.get_function_address("step"))


def machine() -> tuple[str, str]:
    """This processor and what it can do."""
    return llvm.get_host_cpu_name(), llvm.get_host_cpu_features().flatten()


@cache
def _target() -> Any:
    """This machine, with all that its processor can do."""
    llvm.initialize_native_target()
    llvm.initialize_native_asmprinter()
    cpu, features = machine()
    return llvm.Target.from_default_triple().create_target_machine(
        cpu=cpu, features=features, opt=0, jit=True
    )


ENGINES: list[Any] = []
"""They own the code of what was compiled, for as long as this process lives."""
