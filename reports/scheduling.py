"""A schedule in print: what it remembers, and the rate after k steps."""

import re
from hashlib import sha256

from sympy import Expr, Symbol, latex, pretty, srepr

from lawful.reports.ruletext import RuleText
from lawful.verify.language.schedule import Formula, Schedule, Values, k

RATE, MOMENTUM = Symbol("\\eta_{k}"), Symbol("\\mu_{k}")


def schedule_text(schedule: Schedule, pinned: Values, name: str = "") -> RuleText:
    """The schedule in print, for the record; `name` is how checks name it."""
    formula = schedule.printed(pinned)
    lines, start = list(_lines(formula)), [(s, begin) for s, (begin, _) in formula.state.items()]
    return RuleText(
        rule=name or schedule.name,
        hash=sha256("\n".join(srepr(expr) for _, expr in lines).encode()).hexdigest(),
        source=str(schedule.source),
        conventions={n: v for n, v in pinned.items() if v != schedule.defaults.get(n)},
        defaults={latex(Symbol(n)): v for n, v in schedule.defaults.items() if type(v) in (int, float)},
        algorithm=[f"{latex(symbol)} = {latex(expr)}" for symbol, expr in lines],
        start=[f"{latex(symbol)}_0 = {latex(begin)}" for symbol, begin in start],
        text=text(formula, schedule.sets),
    )


def text(formula: Formula, sets: str = "rate") -> str:
    """The formula of what is set in plain Unicode, over several lines."""
    said = {
        **{s: f"{s}" for s in formula.names},
        RATE: f"{'η' if sets == 'rate' else sets} after {k} steps",
        MOMENTUM: "momentum",
    }
    parts = [f"{said.get(symbol, f'next {symbol}')} =\n{_block(expr)}" for symbol, expr in _lines(formula)]
    begins = [f"{symbol} = {begin} at first" for symbol, (begin, _) in formula.state.items()]
    return "\n\n".join([*parts, *([", ".join(begins)] if begins else [])])


def _lines(formula: Formula) -> list[tuple[Symbol, Expr]]:
    state = [*formula.names.items(), *((symbol, after) for symbol, (_, after) in formula.state.items())]
    momentum = [] if formula.momentum is None else [(MOMENTUM, formula.momentum)]
    return [(RATE, formula.rate), *momentum, *state]


def _block(expr: Expr) -> str:
    drawn = pretty(expr.xreplace(_letters(expr)), use_unicode=True, wrap_line=False)
    return "\n".join(f"    {line}" for line in drawn.splitlines())


def _letters(expr: Expr) -> dict[Symbol, Symbol]:
    """Names without the underscores that would be printed as subscripts, but where one stands before a number."""
    named = {s: re.sub(r"_(?!\d)", "\u2009", s.name) for s in expr.free_symbols}
    return {s: Symbol(name) for s, name in named.items() if name != s.name}
