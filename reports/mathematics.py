"""A rule as its paper prints it: one line per named quantity, `m_t = β₁ m_{t−1} + (1 − β₁) g_t`.

A `Rule` holds whole expressions: in the next parameter, everything is substituted. Here the parts that have
names are folded back into symbols, the largest first, and every symbol gets its date: `m` is m_{t−1} before
the step and m_t after it. The result is for reading only.
"""

import re
from collections.abc import Iterable, Mapping
from itertools import takewhile

from sympy import Add, Expr, Mul, Piecewise, Symbol, count_ops, latex, sqrt

from lawful.reports.notation import arranged, block, line_latex, line_text
from lawful.reports.ruletext import RuleText
from lawful.verify.language.rule import Rule
from lawful.verify.language.symbols import LATEX, g, x

Line = tuple[Symbol, Expr]
Named = Mapping[Symbol, Expr]

SLOPE = Symbol(r"\nabla f_{t}(x_{t-1})")
"""What the optimizer is given; g_t is what the rule goes on with."""

GIVEN = Symbol(r"\theta_{t}")
"""What an average is given, which hands it on."""


def algorithm(rule: Rule) -> list[Line]:
    """The rule's lines, left side and right side, each after those that it needs; the last is the next x.

    The symbols' names are LaTeX (`m_{t-1}`, `\\beta_1`), and sums and products are in the order of print.
    """
    named = _named(rule)
    folded = {symbol: _fold(expr, named, _until(symbol, named)) for symbol, expr in named.items()}
    wanted = [dated(symbol, "t") for symbol in (*rule.state, x)]
    before = _before(rule)
    return [(symbol, arranged(folded[symbol].xreplace(before))) for symbol in _needed(wanted, folded)]


def start(rule: Rule) -> list[Line]:
    """The state before the first step: `m_0 = 0`."""
    before = _before(rule)
    return [(dated(symbol, "0"), arranged(rule.initial(symbol).xreplace(before))) for symbol in rule.state]


def written(symbol: Symbol) -> str:
    """How a paper writes a symbol, as LaTeX: from `lawful.verify.language.symbols.LATEX`, else its name."""
    name = re.sub("_(hat|bar)", r"\1", symbol.name)
    return LATEX.get(symbol.name) or re.sub(r"^[a-z]{2,}", r"\\mathrm{\g<0>}", latex(Symbol(name)))


def dated(symbol: Symbol, date: str) -> Symbol:
    """The symbol with a subscript: `m` of `t-1` is m_{t-1}; a name that ends in `_t` already has its date."""
    base = written(symbol).removesuffix("_{t}")
    inner = re.fullmatch(r"(.*)_\{?([^{}]*)\}?", base)
    return Symbol(f"{inner[1]}_{{{inner[2]},{date}}}" if inner else f"{base}_{{{date}}}")


def rule_text(rule: Rule, name: str = "") -> RuleText:
    """The rule in print, for the record; `name` is how checks name it, if not by `str(rule)`."""
    lines, initial = algorithm(rule), start(rule)
    return RuleText(
        rule=name or str(rule),
        hash=rule.hash,
        source=str(rule.source),
        conventions=dict(rule.conventions),
        defaults={written(symbol): default for symbol, default in rule.defaults.items()},
        algorithm=[line_latex(*line) for line in lines],
        start=[line_latex(*line) for line in initial],
        text=f"{block(lines)}\n\n{', '.join(line_text(*line) for line in initial)}",
    )


def _named(rule: Rule) -> Named:
    """What has a name, under its name after the step; of two names for the same thing, the state's."""
    named = {dated(g, "t"): g, **{dated(symbol, "t"): expr for symbol, expr in rule.names.items()}}
    state = {dated(symbol, "t"): expr for symbol, expr in rule.state.items()}
    named = {symbol: expr for symbol, expr in named.items() if expr not in state.values()}
    return {**named, **state, dated(x, "t"): rule.x}


def _until(symbol: Symbol, named: Named) -> Named:
    return dict(takewhile(lambda item: item[0] != symbol, named.items()))


def _before(rule: Rule) -> dict[Symbol, Symbol]:
    """Each symbol as it is written on a right side."""
    plain = {symbol: Symbol(written(symbol)) for symbol in rule.hyperparameters}
    return {
        **plain,
        **{symbol: dated(symbol, "t-1") for symbol in (*rule.state, x)},
        g: GIVEN if rule.x == g else SLOPE,
    }


def _fold(expr: Expr, named: Named, before: Named) -> Expr:
    """`expr` with its named parts replaced by their names; in a case, so are the same cases of `before`."""
    if isinstance(expr, Piecewise):
        branches = [(_put_all(part, {**named, **_branches(before, when)}), when) for part, when in expr.args]
        return Piecewise(*branches, evaluate=False)
    return _put_all(expr, {symbol: part for symbol, part in named.items() if part != expr})


def _branches(named: Named, condition: object) -> Named:
    """What the named quantities that are told case by case are in one case."""
    cases = [
        (symbol, *case) for symbol, expr in named.items() if isinstance(expr, Piecewise) for case in expr.args
    ]
    return {symbol: part for symbol, part, when in cases if when == condition and part.args}


def _put_all(expr: Expr, named: Named) -> Expr:
    for symbol, part in sorted(named.items(), key=lambda item: -count_ops(item[1])):
        expr = _put(expr, part, symbol)
        expr = _put(expr, sqrt(part), sqrt(symbol))  # sympy splits the root of a product when it builds it
    return expr


def _put(expr: Expr, old: Expr, new: Expr) -> Expr:
    """`expr` with `old` replaced by `new`, also where `old` is part of a longer sum or product."""
    if expr == old:
        return new
    if not expr.args:
        return expr
    expr = expr.func(*(_put(arg, old, new) for arg in expr.args))
    for kind, sign in ((Mul, 1), (Add, 1), (Add, -1)):
        parts = set((sign * old).args)
        if isinstance(expr, kind) and isinstance(old, kind) and parts <= set(expr.args):
            return kind(sign * new, *(arg for arg in expr.args if arg not in parts))
    return expr


def _needed(wanted: Iterable[Symbol], lines: Named) -> list[Symbol]:
    """The wanted symbols and all that they are made of, in the order of `lines` but each after its parts."""
    queue, order = list(wanted), dict[Symbol, None]()
    for symbol in queue:
        queue += [part for part in _parts(symbol, lines) if part not in queue]

    def visit(symbol: Symbol) -> None:
        for part in _parts(symbol, lines):
            visit(part)
        order.setdefault(symbol)

    for symbol in lines:
        if symbol in queue:
            visit(symbol)
    return list(order)


def _parts(symbol: Symbol, lines: Named) -> list[Symbol]:
    return [part for part in lines if part in lines[symbol].free_symbols]
