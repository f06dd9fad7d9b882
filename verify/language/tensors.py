"""What a rule may say of a whole tensor: sums, norms, means and maxima of rows and columns, products, sizes, choices.

An expression stands for a tensor; sums, products and powers are taken element by element, and what has one value per
row, per column or per tensor is spread over the elements. How these functions are evaluated, and what rounding may do
to them, is in `lawful.verify.oracle.kinds`.
"""

from collections.abc import Mapping, Sequence
from math import prod
from typing import Any

from sympy import Expr, Function, Symbol, sqrt
from sympy.printing.pretty.stringpict import prettyForm

n = Symbol("n", integer=True, positive=True)
rows = Symbol("rows", integer=True, positive=True)
cols = Symbol("cols", integer=True, positive=True)
dim = Symbol("dim", integer=True, nonnegative=True)

SIZES = (n, rows, cols, dim)
"""The number of elements; the sizes of the last two dimensions (1 where there is none); the number of dimensions."""


def sizes(shape: Sequence[int]) -> Mapping[Symbol, int]:
    """The sizes of a tensor of this shape."""
    last = (1, 1, *shape)[-2:] if len(shape) < 2 else shape[-2:]
    return {n: prod(shape), rows: last[0], cols: last[1], dim: len(shape)}


class OfTensor(Function):  # type: ignore[misc]  # sympy is untyped
    """A function of whole tensors.

    Attributes:
        delimited: whether it is written between signs of its own, and a power of it needs no brackets.
    """

    delimited = False

    def _latex(self, printer: Any, exp: str = "") -> str:
        """It, or a power of it, which sympy asks the function to write."""
        text = self._written(printer)
        base = text if self.delimited else rf"\left({text}\right)"
        return f"{base}^{{{exp}}}" if exp else text

    def _eval_is_extended_real(self) -> bool:
        return True

    def _eval_is_finite(self) -> bool:
        return True


class Reduction(OfTensor):
    """One number of each row, of each column or of all elements, with the sign that all of these have.

    Attributes:
        axis: the dimension over which it is taken, which stays with size 1; None for all.
        indices: of what it is taken, in print.
    """

    axis: int | None = None
    indices = "i"

    def _eval_is_nonnegative(self) -> bool | None:
        known: bool | None = self.args[0].is_nonnegative
        return known


class _Sum(Reduction):
    """A sum or a mean, printed with the sign for sums over its indices."""

    count: Symbol | None = None

    def _written(self, printer: Any) -> str:
        over = rf"\frac{{1}}{{\mathrm{{{self.count}}}}} " if self.count else ""
        return rf"{over}\sum_{{{self.indices}}} {_latex(printer, self.args[0])}"

    def _pretty(self, printer: Any) -> prettyForm:
        over = f" / {self.count}" if self.count else ""
        inside = prettyForm(*printer._print(self.args[0]).parens())
        return prettyForm(*prettyForm(*inside.left(f"Σ_{self.indices} ")).right(over))


class Total(_Sum):
    """Σ e, over all elements."""


class RowMean(_Sum):
    """The mean of each row: over the last dimension."""

    axis, indices, count = -1, "j", cols


class ColMean(_Sum):
    """The mean of each column: over the last dimension but one."""

    axis, count = -2, rows


class EverywhereMean(_Sum):
    """The mean over the elements of every parameter of the optimizer."""

    count = n


SUMS = (Total, RowMean, ColMean, EverywhereMean)
"""What is linear in what it is taken of."""


class _Largest(Reduction):
    """The largest, printed with the index over which it is."""

    def _written(self, printer: Any) -> str:
        return rf"\max_{{{self.indices}}} {_latex(printer, self.args[0])}"

    def _pretty(self, printer: Any) -> prettyForm:
        inside = prettyForm(*printer._print(self.args[0]).parens())
        return prettyForm(*inside.left(f"max_{self.indices} "))


class RowMax(_Largest):
    """The largest of each row: over the last dimension."""

    axis, indices = -1, "j"


class ColMax(_Largest):
    """The largest of each column: over the last dimension but one."""

    axis = -2


MAXIMA = (RowMax, ColMax)
"""What is as large as one of the elements of which it is taken."""


class Norm(OfTensor):
    """‖e‖, the root of the sum of squares of all elements."""

    delimited = True

    def _eval_is_nonnegative(self) -> bool:
        return True

    def _written(self, printer: Any) -> str:
        return rf"\lVert {printer._print(self.args[0])} \rVert"

    def _pretty(self, printer: Any) -> prettyForm:
        inside = printer._print(self.args[0])
        return prettyForm(*prettyForm(*inside.left("‖")).right("‖"))


class EverywhereNorm(Norm):
    """The root of the sum of squares of the elements of every parameter of the optimizer."""


class EverywhereOrder(OfTensor):
    """`EverywhereOrder(e, p)`: (Σ |e|^p)^(1/p) over the elements of every parameter; for p = ∞ the largest |e|."""

    delimited = True

    def _eval_is_nonnegative(self) -> bool:
        return True

    def _written(self, printer: Any) -> str:
        e, p = (printer._print(arg) for arg in self.args)
        return rf"\lVert {e} \rVert_{{{p}}}"

    def _pretty(self, printer: Any) -> prettyForm:
        inside = prettyForm(*printer._print(self.args[0]).left("‖"))
        return prettyForm(*inside.right(f"‖_{self.args[1]}"))


EVERYWHERE = (EverywhereMean, EverywhereNorm, EverywhereOrder)
"""What looks at every parameter."""


BY_TENSOR = (Total, Norm)
"""What looks at one parameter, whatever its shape, and so may stand beside what looks at every one."""


class IfPositive(OfTensor):
    """`IfPositive(q, a, b)`: a where q > 0, b elsewhere."""

    def _eval_is_nonnegative(self) -> bool | None:
        return True if all(branch.is_nonnegative for branch in self.args[1:]) else None

    def _written(self, printer: Any) -> str:
        q, a, b = (printer._print(arg) for arg in self.args)
        if self.args[1:] == (1, 0):
            return rf"[{q} > 0]"
        return rf"\begin{{cases}} {a} & \text{{for}}\: {q} > 0 \\ {b} & \text{{otherwise}} \end{{cases}}"

    def _pretty(self, printer: Any) -> prettyForm:
        q, a, b = (printer._print(arg) for arg in self.args)
        if self.args[1:] == (1, 0):
            return prettyForm(*prettyForm(*q.left("[")).right(" > 0]"))
        chosen = prettyForm(*a.right(" if ", q, " > 0 else ", b))
        return prettyForm(*chosen.parens())


def rms(e: Expr) -> Expr:
    """The root mean square of all elements."""
    return Norm(e) / sqrt(n)


def _latex(printer: Any, expr: Expr) -> str:
    inside = printer._print(expr)
    return rf"\left({inside}\right)" if expr.is_Add else str(inside)


class NewtonSchulz(OfTensor):
    """`NewtonSchulz(e, a, b, c, eps, k)`: k times X ← a·X + (b·G + c·G²)·X with G = X·Xᵀ, from e/max(‖e‖, eps)."""

    def _written(self, printer: Any) -> str:
        e, a, b, c, _, k = (printer._print(arg) for arg in self.args)
        return rf"\mathrm{{NS}}_{{{k}}}^{{{a},{b},{c}}}\left({e}\right)"

    def _pretty(self, printer: Any) -> prettyForm:
        inside = prettyForm(*printer._print(self.args[0]).parens())
        return prettyForm(*inside.left("NS"))


class NewtonSchulzInBfloat16(NewtonSchulz):
    """The same, kept in bfloat16."""


class Kept(OfTensor):
    """The first argument, as state that is kept in a number of bits: its value, and what storing it may lose."""

    bits = ""

    def _eval_is_nonnegative(self) -> bool | None:
        known: bool | None = self.args[0].is_nonnegative
        return known

    def _written(self, printer: Any) -> str:
        return rf"\mathrm{{Q}}_{{{self.bits}}}\left({printer._print(self.args[0])}\right)"

    def _pretty(self, printer: Any) -> prettyForm:
        inside = prettyForm(*printer._print(self.args[0]).parens())
        return prettyForm(*inside.left(f"Q_{self.bits}"))


class In8Bits(Kept):
    """`In8Bits(e, block)`: in 8 bits, with a scale for each block of so many elements, or for the tensor if 0."""

    bits = "8"


class In32Bits(Kept):
    """`In32Bits(e)`: in float32, or the parameter's format if that is wider or narrower."""

    bits = "32"
