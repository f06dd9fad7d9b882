"""Expressions in the order and the letters of print, as LaTeX and as text."""

import re
import unicodedata
from collections.abc import Iterable
from itertools import permutations
from typing import Any

from sympy import Add, Eq, Expr, Function, Max, Min, Mul, Pow, Rational, Symbol
from sympy.printing.latex import LatexPrinter
from sympy.printing.pretty.pretty import PrettyPrinter
from sympy.printing.pretty.stringpict import prettyForm

ACCENTS = {"hat": "\u0302", "bar": "\u0304", "tilde": "\u0303"}
SUBSCRIPTS = str.maketrans("0123456789+-=()aehijklmnoprstuvx,", "₀₁₂₃₄₅₆₇₈₉₊₋₌₍₎ₐₑₕᵢⱼₖₗₘₙₒₚᵣₛₜᵤᵥₓ,")
SUPERSCRIPTS = str.maketrans("0123456789+-/amxtin", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻ᐟᵃᵐˣᵗⁱⁿ")


def arranged(expr: Expr) -> Expr:
    """The expression in the order of print, no longer evaluated: (1 − β₁) g_t, √v_t + ε."""
    if not expr.args:
        return expr
    if isinstance(expr, Min) and len(expr.args) == 2:
        expr = _clipped(expr)
    args = [arranged(arg) for arg in expr.args]
    if isinstance(expr, Add):
        return Add(*sorted(args, key=_term), evaluate=False)
    if isinstance(expr, Mul):
        return Mul(*sorted(args, key=_factor), evaluate=False)
    return Pow(*args, evaluate=False) if isinstance(expr, Pow) else expr.func(*args)


def _tensors(expr: Expr) -> list[str]:
    """The dated symbols: m_{t-1}, g_t."""
    return [symbol.name for symbol in expr.free_symbols if re.search(r"[{,]t(-1)?\}", symbol.name)]


def _term(term: Expr) -> tuple[bool, bool, int]:
    """Constants follow tensors, what is subtracted what is added; the past comes first, and x last."""
    names = _tensors(term)
    has_x = any(name.startswith("x") for name in names)
    past = any(name.endswith("t-1}") for name in names) and not has_x
    return not names, term.could_extract_minus_sign(), 2 * has_x + (not past)


def _factor(factor: Expr) -> tuple[bool, bool, bool]:
    """Numbers, then hyperparameters, then sums of them, then tensors."""
    return not factor.is_number, bool(_tensors(factor)), not factor.is_Symbol


class clip(Function):  # type: ignore[misc]  # sympy prints a function under its class's name
    """`clip(value, bound)`: the value clipped to [−bound, bound], for reading."""


def _clipped(expr: Expr) -> Expr:
    """min(b, max(e, −b)), which nobody writes, as clip(e, b)."""
    for bound, inner in permutations(expr.args):
        if isinstance(inner, Max) and -bound in inner.args:
            return clip(Max(*(arg for arg in inner.args if arg != -bound)), bound)
    return expr


class _Latex(LatexPrinter):  # type: ignore[misc]
    def _print_Symbol(self, symbol: Symbol, **_: Any) -> str:
        return f"{{{symbol.name}}}" if "^" in symbol.name else str(symbol.name)


class _Text(PrettyPrinter):  # type: ignore[misc]
    def _print_Symbol(self, symbol: Symbol, **_: Any) -> prettyForm:
        return prettyForm(text(symbol.name))

    def _print_Max(self, expr: Expr) -> prettyForm:
        return self._helper_print_function(Max, expr.args, func_name=str(expr.func).lower())

    _print_Min = _print_Max

    def _print_Pow(self, power: Pow) -> prettyForm:
        """On one row where that can be read: gₜ², β₁ᵗ, √v̂ₜ, (t − 1)¹ᐟ⁴."""
        base, exponent = power.as_base_exp()
        inside = self._print(base)
        if inside.height() > 1 or exponent.could_extract_minus_sign():
            return super()._print_Pow(power)
        one = str(inside) if base.is_Symbol else f"({inside})"
        if exponent == Rational(1, 2):
            return prettyForm(f"√{one}", binding=prettyForm.FUNC)
        raised = str(exponent).translate(SUPERSCRIPTS)
        flat = not set(str(exponent)) & set(raised)
        return prettyForm(one + raised, binding=prettyForm.POW) if flat else super()._print_Pow(power)


def line_latex(left: Symbol, right: Expr) -> str:
    """The line `left = right` as LaTeX."""
    return f"{left.name} = {_Latex({'order': 'none'}).doprint(right)}"


def line_text(left: Symbol, right: Expr) -> str:
    """The line `left = right` in Unicode, fractions and roots over several rows."""
    printer = _Text({"order": "none", "use_unicode": True, "wrap_line": False})
    printed = str(printer.doprint(Eq(left, right, evaluate=False))).replace("⋅", " ").replace(" - ", " − ")
    return "\n".join(row.rstrip() for row in printed.splitlines())


def text(latex: str) -> str:
    """A symbol's LaTeX as Unicode: `\\hat{m}_{t-1}` is m̂ₜ₋₁."""
    said = re.sub(r"\\mathrm\{(\w+)\}", r"\1", latex)
    said = re.sub(r"\\(hat|bar|tilde) ?\{?(\w)\}?", lambda found: found[2] + ACCENTS[found[1]], said)
    said = re.sub(r"\^\{\\?(\w+)\}", lambda found: found[1].translate(SUPERSCRIPTS), said)
    said = re.sub(r"_\{([^{}]*)\}|_(\w)", lambda found: (found[1] or found[2]).translate(SUBSCRIPTS), said)
    return re.sub(r"\\([A-Za-z]+) ?", lambda found: letter(found[1]), said)


def letter(command: str) -> str:
    """The letter of a LaTeX command: `eta` is η; an unknown command is its own name."""
    name = command.removeprefix("var").upper().replace("LAMBDA", "LAMDA")
    size = "SMALL" if command[0].islower() else "CAPITAL"
    try:
        return "∇" if command == "nabla" else unicodedata.lookup(f"GREEK {size} LETTER {name}")
    except KeyError:
        return command


def block(lines: Iterable[tuple[Symbol, Expr]]) -> str:
    """Lines as text, a blank row around those that are taller than one row."""
    printed = [line_text(*line) for line in lines]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(f"\n{p}\n" if "\n" in p else p for p in printed)).strip("\n")
