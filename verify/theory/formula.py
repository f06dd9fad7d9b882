"""How laws are printed as mathematics: symbols as a paper writes them."""

import re
from collections.abc import Mapping
from dataclasses import is_dataclass
from typing import Any

from sympy import Basic, Expr, Symbol, latex

from lawful.verify.language.rule import Rule
from lawful.verify.language.symbols import LATEX

Equations = Mapping[Expr, Expr]
"""Left side → right side."""

SPLIT = re.compile(r"(.+?)_?(\d*)('*)")
"""Stem, index, primes of a symbol's name."""


def tex(expr: Any) -> str:
    """An expression as LaTeX."""
    names = {s: _name(s) for s in getattr(expr, "free_symbols", ())}
    return str(latex(expr, symbol_names=names))


def _name(symbol: Symbol) -> str:
    """As a paper writes it: known symbols, g1 as g₁, words upright, primes kept."""
    stem, index, primes = SPLIT.fullmatch(symbol.name).groups()  # type: ignore[union-attr]
    known = LATEX.get(symbol.name.rstrip("'")) or LATEX.get(stem) or str(latex(Symbol(stem)))
    if symbol.name.rstrip("'") in LATEX:
        index = ""
    word = len(stem) > 1 and known == stem
    return (rf"\mathrm{{{stem}}}" if word else known) + (f"_{{{index}}}" if index else "") + primes


def symbols_in(part: Any) -> set[Symbol]:
    """Every symbol in an expression, a rule's equations, or data that holds such."""
    if isinstance(part, Basic):
        return set(part.free_symbols)
    if isinstance(part, Rule):
        return symbols_in([part.x, part.state])
    if isinstance(part, Mapping):
        return symbols_in([*part.keys(), *part.values()])
    if is_dataclass(part):
        return symbols_in(vars(part))
    return set().union(*map(symbols_in, part)) if isinstance(part, list | tuple) else set()


def step(rule: Rule) -> str:
    """The rule's step as LaTeX: the next parameter."""
    return f"x \\leftarrow {tex(rule.x)}"


def equations(pairs: Equations) -> str:
    """Equations as LaTeX, side by side."""
    return r",\quad ".join(f"{tex(left)} = {tex(right)}" for left, right in pairs.items())
