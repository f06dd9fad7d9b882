"""From a tape to a function in LLVM's language: numbers and guards first, then a loop over lanes.

    i64 step(ptr lanes, ptr numbers, ptr results, i64 count)

`lanes` and `results` are tables of pointers to `count` float64 each, `WIDTH` or more, in the order of the tape and of
what is asked for. What it returns is 0, or 1 where a guard does not hold, and then nothing has been written. Lanes are
taken `WIDTH` at a time; the last may be done twice. No operation has a flag by which LLVM might contract it, reorder it
or round it otherwise; where torch's own kernels round once in a·b + c (`fused`), so does this, and nowhere else.
"""

import struct
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from lawful.verify.oracle.fused.tape import Line, Tape

WIDTH = 8
"""Lanes in a vector: what fits a register of AVX-512, two of AVX2."""

VECTOR = f"<{WIDTH} x double>"

LOOP = f"""\
  %last = sub i64 %count, {WIDTH}
  br label %loop
loop:
  %begin = phi i64 [0, %guarded], [%next, %loop]
  %beyond = icmp sgt i64 %begin, %last
  %i = select i1 %beyond, i64 %last, i64 %begin"""

END = f"""\
  %next = add i64 %begin, {WIDTH}
  %more = icmp slt i64 %next, %count
  br i1 %more, label %loop, label %done
done:
  ret i64 0
refused:
  ret i64 1
}}
"""

TRUTHS = frozenset(("gt", "ge", "lt", "le", "eq", "ne", "and", "or", "isfinite"))
"""Operations whose outcome is true or false."""


@dataclass(frozen=True)
class Kind:
    """How a number is written, or a vector of lanes.

    Args:
        real: the type.
        truth: that of what is true or false.
        suffix: of the intrinsic functions.
    """

    real: str
    truth: str
    suffix: str

    def constant(self, value: float) -> str:
        """A constant, bit by bit."""
        bits = f"0x{struct.pack('>d', value).hex().upper()}"
        if self is ONE:
            return bits
        return f"<{', '.join([f'double {bits}'] * WIDTH)}>"

    def call(self, function: str, *arguments: str) -> str:
        """An intrinsic function of real numbers."""
        given = ", ".join(f"{self.real} {a}" for a in arguments)
        return f"call {self.real} @llvm.{function}.{self.suffix}({given})"

    def chosen(self, truth: str, a: str, b: str) -> str:
        """a where it is true, b elsewhere."""
        return f"select {self.truth} {truth}, {self.real} {a}, {self.real} {b}"


ONE = Kind("double", "i1", "f64")
MANY = Kind(VECTOR, f"<{WIDTH} x i1>", f"v{WIDTH}f64")

BEGIN = "define i64 @step(ptr %lanes, ptr %numbers, ptr %results, i64 %count) {"

DECLARED = [
    f"declare {kind.real} @llvm.{function}.{kind.suffix}({', '.join([kind.real] * arguments)})"
    for kind in (ONE, MANY)
    for function, arguments in (("fabs", 1), ("sqrt", 1), ("fma", 3))
]

Writer = Callable[..., str]
"""(kind, the line's own name, its arguments) → the instructions that compute it."""


def _real(operation: str) -> Writer:
    return lambda kind, out, a, b: f"{out} = {operation} {kind.real} {a}, {b}"


def _truth(operation: str) -> Writer:
    return lambda kind, out, a, b: f"{out} = {operation} {kind.truth} {a}, {b}"


def _maximum(kind: Kind, out: str, a: str, b: str) -> str:
    """The larger, and NaN where one is; of zeros the second."""
    return f"""\
{out}.gt = fcmp ogt {kind.real} {a}, {b}
  {out}.max = {kind.chosen(f"{out}.gt", a, b)}
  {out}.nan = fcmp uno {kind.real} {a}, {b}
  {out} = {kind.chosen(f"{out}.nan", kind.constant(float("nan")), f"{out}.max")}"""


def _sign(kind: Kind, out: str, a: str) -> str:
    """−1, 0 or 1; 0 of NaN."""
    zero = kind.constant(0.0)
    return f"""\
{out}.gt = fcmp ogt {kind.real} {a}, {zero}
  {out}.lt = fcmp olt {kind.real} {a}, {zero}
  {out}.low = {kind.chosen(f"{out}.lt", kind.constant(-1.0), zero)}
  {out} = {kind.chosen(f"{out}.gt", kind.constant(1.0), f"{out}.low")}"""


def _isfinite(kind: Kind, out: str, a: str) -> str:
    infinity = kind.constant(float("inf"))
    return f"{out}.size = {kind.call('fabs', a)}\n  {out} = fcmp one {kind.real} {out}.size, {infinity}"


def _narrow(kind: Kind, out: str, a: str) -> str:
    return f"{out}.single = fptrunc double {a} to float\n  {out} = fpext float {out}.single to double"


WRITERS: Mapping[str, Writer] = {
    "add": _real("fadd"), "sub": _real("fsub"), "mul": _real("fmul"), "div": _real("fdiv"),
    "gt": _real("fcmp ogt"), "ge": _real("fcmp oge"), "lt": _real("fcmp olt"), "le": _real("fcmp ole"),
    "eq": _real("fcmp oeq"), "ne": _real("fcmp une"), "and": _truth("and"), "or": _truth("or"),
    "neg": lambda kind, out, a: f"{out} = fneg {kind.real} {a}",
    "abs": lambda kind, out, a: f"{out} = {kind.call('fabs', a)}",
    "sqrt": lambda kind, out, a: f"{out} = {kind.call('sqrt', a)}",
    "copy": lambda kind, out, a: f"{out} = fadd {kind.real} {a}, {kind.constant(-0.0)}",
    "where": lambda kind, out, truth, a, b: f"{out} = {kind.chosen(truth, a, b)}",
    "maximum": _maximum, "sign": _sign, "isfinite": _isfinite, "narrow": _narrow,
}  # fmt: skip


def multiply_add(fused: bool) -> Writer:
    """a·b + c, rounded once or twice."""
    if fused:
        return lambda kind, out, a, b, c: f"{out} = {kind.call('fma', a, b, c)}"
    return lambda kind, out, a, b, c: (
        f"{out}.product = fmul {kind.real} {a}, {b}\n  {out} = fadd {kind.real} {out}.product, {c}"
    )


def written(tape: Tape, results: Sequence[int], fused: bool) -> str:
    """The function that computes these lines, as LLVM's text."""
    write = _Writing(tape, {**WRITERS, "multiply_add": multiply_add(fused)})
    return "\n".join([*DECLARED, BEGIN, *write.numbers(results), LOOP, *write.lanes(results), END])


@dataclass(frozen=True)
class _Writing:
    tape: Tape
    writers: Mapping[str, Writer]

    def numbers(self, results: Sequence[int]) -> Iterator[str]:
        """What is the same for all lanes."""
        yield from _pointers("lane", sum(line.name == "lane" for line in self.tape.lines))
        yield from _pointers("result", len(results))
        for place, line in enumerate(self.tape.lines):
            if not line.varies:
                yield f"  {self._number(place, line)}"
        yield from self._guards()
        read = {a for line in self.tape.lines if line.varies for a in line.arguments if isinstance(a, int)}
        for place in sorted(read.union(results)):
            if not self.tape.lines[place].varies:
                yield f"  {self._spread(place)}"

    def lanes(self, results: Sequence[int]) -> Iterator[str]:
        """What is not, and what comes of it."""
        for place, line in enumerate(self.tape.lines):
            if line.varies:
                yield f"  {self._lane(place, line)}"
        for i, place in enumerate(results):
            yield f"  %put{i} = getelementptr double, ptr %result{i}, i64 %i"
            yield f"  store {VECTOR} %w{place}, ptr %put{i}, align 8"

    def _number(self, place: int, line: Line) -> str:
        if line.name == "number":
            return _read(f"%v{place}", "double", f"%numbers, i64 {line.arguments[0]}")
        return self.writers[line.name](ONE, f"%v{place}", *_arguments(line, ONE, "%v"))

    def _lane(self, place: int, line: Line) -> str:
        if line.name == "lane":
            return _read(f"%w{place}", VECTOR, f"%lane{line.arguments[0]}, i64 %i")
        return self.writers[line.name](MANY, f"%w{place}", *_arguments(line, MANY, "%w"))

    def _spread(self, place: int) -> str:
        """A number in every lane."""
        one = "i1" if self.tape.lines[place].name in TRUTHS else "double"
        many = f"<{WIDTH} x {one}>"
        return f"""\
%w{place}.first = insertelement {many} poison, {one} %v{place}, i64 0
  %w{place} = shufflevector {many} %w{place}.first, {many} poison, <{WIDTH} x i32> zeroinitializer"""

    def _guards(self) -> Iterator[str]:
        held = "true"
        for place, expected in self.tape.guards.items():
            yield f"  %as{place} = xor i1 %v{place}, {str(not expected).lower()}"
            yield f"  %held{place} = and i1 {held}, %as{place}"
            held = f"%held{place}"
        yield f"  br i1 {held}, label %guarded, label %refused\nguarded:"


def _arguments(line: Line, kind: Kind, sign: str) -> list[str]:
    """Those of a line, as that kind has them."""
    return [f"{sign}{a}" if isinstance(a, int) else kind.constant(float.fromhex(a)) for a in line.arguments]


def _read(out: str, what: str, where: str) -> str:
    return f"{out}.at = getelementptr double, ptr {where}\n  {out} = load {what}, ptr {out}.at, align 8"


def _pointers(name: str, count: int) -> Iterator[str]:
    """Those in a table."""
    for i in range(count):
        yield f"  %{name}{i}.at = getelementptr ptr, ptr %{name}s, i64 {i}"
        yield f"  %{name}{i} = load ptr, ptr %{name}{i}.at"
