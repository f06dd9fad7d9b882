"""Programs of any language: what is asked of them is in docs/protocol.md, and in docs/protocol.schema.json."""

import inspect
import math
import shlex
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from lawful.verify.candidates.adapter import TORCH, Adapter, Inputs
from lawful.verify.candidates.places import COMMAND, Command
from lawful.verify.candidates.program import Program, ProgramError
from lawful.verify.candidates.protocol import Array, Maker, NotOffered
from lawful.verify.errors import Unanswerable, first_line

VERSION = 1
"""Of the protocol."""

NONFINITE = {"NaN": math.nan, "Infinity": math.inf, "-Infinity": -math.inf}
"""What JSON has no numbers for."""

IDLE: dict[tuple[str, ...], list[Program]] = {}
"""Programs that nobody uses: each begins anew for the next optimizer, as to start one takes long."""

HELLO = {"name": str, "arguments": dict, "settable": list, "saves": bool}
"""What a program says of itself."""


@dataclass
class Driven:
    """An optimizer in a program.

    Args:
        program: which it has for itself.
        command: by which it was started.
        saves: whether it can be saved.
    """

    program: Program
    command: tuple[str, ...]
    saves: bool

    def begin(self, parameters: list[Array], arguments: Mapping[str, Any]) -> "Driven":
        """Itself, told of first values and arguments.

        Raises:
            ValueError: it refuses.
        """
        kinds = [p.dtype.name for p in parameters]
        shapes = [list(p.shape) for p in parameters]
        said = {"arguments": arguments, "formats": kinds, "shapes": shapes, "parameters": _said(parameters)}
        self._ask("begin", said)
        return self

    def step(self, parameters: list[Array], gradients: list[Array | None]) -> list[Array]:
        """The parameters after a step. A program that answers nonsense is ended, as one that does not answer is."""
        said = {"parameters": _said(parameters), "gradients": _said(gradients)}
        try:
            return _values(self._ask("step", said).get("parameters"), parameters)
        except ProgramError:
            self.program.end()
            raise
        except ValueError as error:
            if None in said["gradients"]:
                raise NotOffered(str(error)) from error
            raise

    def set(self, name: str, value: Any) -> None:
        """Sets an argument."""
        self._ask("set", {name: value})

    def save(self) -> Any:
        """What it needs to go on.

        Raises:
            NotOffered: it says that it cannot be saved.
        """
        if not self.saves:
            raise NotOffered("the program says that it cannot be saved")
        return self._ask("save", {})

    def load(self, saved: Any) -> None:
        """Goes on from there."""
        self._ask("load", saved)

    def _ask(self, name: str, said: Any) -> dict[str, Any]:
        answer = self.program.ask({name: said})
        if "refused" in answer:
            raise ValueError(str(answer["refused"]))
        return answer

    def __del__(self) -> None:
        """Another may use the program."""
        if self.program.waits:
            IDLE.setdefault(self.command, []).append(self.program)


def _said(arrays: Sequence[Array | None]) -> list[Any]:
    """Arrays as lists of numbers, the last dimension first to vary."""
    return [
        None if a is None else [_number(v) for v in a.astype(np.float64).ravel().tolist()] for a in arrays
    ]


def _number(value: float) -> float | str:
    if math.isfinite(value):
        return value
    return "NaN" if value != value else "Infinity" if value > 0 else "-Infinity"


def _values(back: Any, parameters: list[Array]) -> list[Array]:
    """What came back, as arrays like the parameters."""
    if not isinstance(back, list) or len(back) != len(parameters):
        raise ProgramError(f"its answer to step has not the {len(parameters)} lists of 'parameters'")
    return [_read(values, p, i) for i, (values, p) in enumerate(zip(back, parameters, strict=True), 1)]


def _read(values: Any, like: Array, number: int) -> Array:
    """A list of numbers as an array like another."""
    if not isinstance(values, list) or len(values) != like.size:
        count = len(values) if isinstance(values, list) else "no list of"
        raise ProgramError(f"for parameter {number} of {like.size} numbers, it answers {count} numbers")
    floats = [_float(value, number, place) for place, value in enumerate(values)]
    return np.array(floats, dtype=np.float64).astype(like.dtype).reshape(like.shape)


def _float(value: Any, number: int, place: int) -> float:
    try:
        if isinstance(value, float | int) and not isinstance(value, bool):
            return float(value)
        return NONFINITE[value]
    except (KeyError, TypeError, OverflowError):
        said = first_line(repr(value)[:40])
        names = ", ".join(f'"{name}"' for name in NONFINITE)
        raise ProgramError(
            f"element {place} of parameter {number} is {said}, no number (what is not finite is {names})"
        ) from None


def maker(command: Command) -> Maker:
    """What a program says of itself.

    Raises:
        Unanswerable: it cannot be started, or does not speak the protocol.
    """
    program = Program(command.words)
    try:
        hello = program.ask({"lawful": VERSION})
    except ProgramError as error:
        raise Unanswerable(f"{command} does not say what it is: {error}.") from error
    _refuse_hello(hello, command)
    program.numbered = hello.get("numbered", False)
    IDLE.setdefault(command.words, []).append(program)

    def begin(parameters: list[Array], arguments: Mapping[str, Any]) -> Driven:
        idle = IDLE.get(command.words) or [_started(command)]
        driven = Driven(idle.pop(), command.words, hello["saves"])
        return driven.begin(parameters, arguments)

    arguments = [_argument(name, default) for name, default in hello["arguments"].items()]
    files = tuple(str(Path(word).absolute()) for word in command.words if Path(word).is_file())
    return Maker(hello["name"], arguments, begin, frozenset(hello["settable"]), "", "", files)


def _started(command: Command) -> Program:
    program = Program(command.words)
    program.numbered = program.ask({"lawful": VERSION}).get("numbered", False)
    return program


def _argument(name: str, default: Any) -> inspect.Parameter:
    default = tuple(default) if isinstance(default, list) else default
    return inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, default=default)


def _refuse_hello(hello: Mapping[str, Any], command: Command) -> None:
    if hello.get("lawful") != VERSION:
        raise Unanswerable(
            f"{command} speaks version {hello.get('lawful')!r} of the protocol; this is {VERSION}."
        )
    for name, kind in HELLO.items():
        if not isinstance(hello.get(name), kind):
            said = f"{command} says {hello.get(name)!r} as its {name!r}"
            raise Unanswerable(f"{said}, where a {NAMED[kind]} is wanted (docs/protocol.md).")
    if not isinstance(numbered := hello.get("numbered", False), bool):
        raise Unanswerable(f"{command} says {numbered!r} as its 'numbered', where a boolean is wanted.")
    for name in hello["arguments"]:
        if not name.isidentifier():
            raise Unanswerable(f"{command} has an argument {name!r}, which is no name.")
    for name in hello["settable"]:
        if name not in hello["arguments"]:
            raise Unanswerable(f"{command} lets {name!r} be set, which is none of its arguments.")


NAMED = {str: "text", dict: "object", list: "list", bool: "boolean"}


def script(inputs: Inputs) -> list[str]:
    """Python that asks the program, and needs nothing else."""
    shapes = [list(np.shape(x)) for x in inputs.first]
    flat = [_flat(x) for x in inputs.first]
    begin = {
        "arguments": inputs.arguments,
        "formats": [inputs.dtype] * len(flat),
        "shapes": shapes,
        "parameters": flat,
    }
    lane = int(np.ravel_multi_index(inputs.lane, shapes[inputs.tensor])) if inputs.lane else 0
    return [
        "import json",
        "import subprocess",
        "",
        f"command = {shlex.split(inputs.target.removeprefix(COMMAND))!r}",
        "program = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)",
        "",
        "",
        "def ask(**question):",
        "    print(json.dumps(question), file=program.stdin, flush=True)",
        "    return json.loads(program.stdout.readline())",
        "",
        "",
        f"ask(lawful={VERSION})",
        f"ask(begin={begin!r})",
        f"x = {flat!r}",
        f"settings = {dict(inputs.settings)!r}",
        f"for step, gradients in enumerate({[[_flat(s) for s in slopes] for slopes in inputs.gradients]!r}, 1):",
        "    for name, value in settings.get(step, {}).items():",
        "        ask(set={name: value})",
        '    x = ask(step={"parameters": x, "gradients": gradients})["parameters"]',
        f"value = x[{inputs.tensor}][{lane}]",
    ]


def _flat(values: Any) -> list[Any]:
    return [_number(float(v)) for v in np.ravel(values)]


PROGRAMS = Adapter(
    name="command", words=TORCH.words, norms=TORCH.norms, hints=TORCH.hints, roots=(Command.__module__,),
    maker=maker, script=script,
)  # fmt: skip
"""Programs, in whose arguments the words of torch's constructors, or of anybody else's, may be used."""
