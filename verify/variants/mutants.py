"""Symbolic mutants: every rule that differs from a given one by a single change, as data.

A rule is opened into the lines that its paper prints, `m_t = …`, `v_hat = …`, `x = …`; one line is changed at one
place; the lines are put together again. So a change of `m_t` reaches everything that reads it, and reading `m` where
`m_t` is meant is a change too.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property, partial

from sympy import Abs, Expr, I, Integer, Max, Min, Pow, Symbol, Tuple, nan, sqrt, zoo

from lawful.verify.language.plain import plain
from lawful.verify.language.rule import Rule
from lawful.verify.language.substitution import put, putting
from lawful.verify.language.symbols import g, t, weight_decay, x
from lawful.verify.variants.slips import held_together, slips

Lines = dict[Symbol, Expr]
"""What a line defines → its right side, in what the lines before define."""

Said = Callable[[], str]
"""A change in words, which take longer to find than the change, and are asked of few."""

SHOWN = 40
"""How many characters of a line are shown around a change."""


UNANALYSED = (ArithmeticError, LookupError, NotImplementedError, RuntimeError, TypeError, ValueError)
"""What an oracle may raise on a mutant: it divides by nothing, or there is no error analysis of what it does."""


@dataclass(frozen=True)
class Mutant:
    """A rule with one change.

    Attributes:
        open: the rule, in which some symbols stand for lines.
        lines: these lines.
        said: the change in words.
    """

    open: Rule
    lines: Lines
    said: Said

    @cached_property
    def words(self) -> str:
        """The change: `with v_t/(1 − beta1^t) instead of v_t/(1 − beta2^t) in v_hat`."""
        return self.said()

    @cached_property
    def rule(self) -> Rule:
        """The changed rule.

        Raises:
            ValueError: it would be the larger or smaller of what is no real number.
        """
        return closed(self.open, self.lines)


def closed(rule: Rule, lines: Mapping[Symbol, Expr]) -> Rule:
    """A rule with nothing left in it that a line defines."""
    whole = putting(_whole(lines))
    made = replace(rule, x=whole(rule.x), state={s: whole(e) for s, e in rule.state.items()})
    if any(of.has(I) for e in (made.x, *made.state.values()) for of in e.atoms(Max, Min)):
        raise ValueError("the larger or smaller of what is no real number")
    return made


def mutants(rule: Rule) -> Iterator[Mutant]:
    """Every rule that differs from this one by one change."""
    opened = Opened(rule)
    yield from opened.of_rule()
    yield from opened.of_lines()
    yield from opened.of_state()


@dataclass(frozen=True)
class Opened:
    """A rule as lines."""

    rule: Rule

    @cached_property
    def after(self) -> dict[Symbol, Symbol]:
        """State symbol → the symbol of its next value, where it has a line."""
        kept = (s for s, e in self.rule.state.items() if e.args)
        return {s: Symbol(f"{s.name}_t", **s.assumptions0) for s in kept}

    @cached_property
    def lines(self) -> Lines:
        """The lines, each after those that it reads; the last is that of the parameter."""
        kept = {a: self.rule.state[s] for s, a in self.after.items()}
        named = {s: e for s, e in self.rule.names.items() if e.args and e not in kept.values()}
        found: Lines = {}
        for symbol, expr in sorted({**named, **kept}.items(), key=lambda line: int(line[1].count_ops())):
            found[symbol] = _written(expr, found)
        found[x] = _written(self.rule.x, found)
        return {s: e for s, e in found.items() if s in kept or s == x or _read(s, found)}

    @cached_property
    def defined(self) -> Lines:
        """The lines but for that of the parameter."""
        return {s: e for s, e in self.lines.items() if s != x}

    @cached_property
    def open(self) -> Rule:
        """The rule in terms of its lines."""
        return replace(self.rule, x=self.lines[x], state={**self.rule.state, **self.after})

    @cached_property
    def inputs(self) -> tuple[Expr, ...]:
        """What may be taken for the gradient: with decay, or the line that adds it."""
        lines = tuple(
            s for s, e in self.lines.items() if e.has(g) and e.has(x) and s not in self.after.values()
        )
        return lines or ((g + weight_decay * x,) if weight_decay in self.rule.defaults else ())

    @cached_property
    def mates(self) -> Mapping[Symbol, tuple[Expr, ...]]:
        """Name → what may be mistaken for it: the other beta; the value before the step, or after it; what a line is
        made of, and a line without one of its terms."""
        found: dict[Symbol, tuple[Expr, ...]] = {**held_together(self.rule), g: self.inputs}
        for line, expr in self.lines.items():
            less = [expr - term for term in expr.args] if expr.is_Add else []
            found[line] = (*(s for s in expr.free_symbols if s in self.lines or s == g), *less)
        for state, after in self.after.items():
            found[state], found[after] = (after,), (state, *found[after])
        return {**found, x: ()}

    def of_lines(self) -> Iterator[Mutant]:
        """A line changed at one place, or throughout."""
        known: set[Symbol] = set()
        for line, expr in self.lines.items():
            changes = [*self._at_places(expr, known)]
            changes += [(expr.xreplace(change), words) for change, words in self._throughout(expr)]
            for new, words in {
                n: w for n, w in reversed(changes) if n != expr and not n.has(I, nan, zoo)
            }.items():
                yield self._with(line, new, partial(_placed, words, line))
            known.add(line)

    def _with(self, line: Symbol, new: Expr, said: Said) -> Mutant:
        if line == x:
            return Mutant(replace(self.open, x=new), self.defined, said)
        return Mutant(self.open, {**self.defined, line: new}, said)

    def _at_places(self, expr: Expr, known: set[Symbol]) -> Iterator[tuple[Expr, Said]]:
        """(changed line, the change in words); a line may read those before it only."""
        hidden = self.lines.keys() - known - {x}
        mates = {s: tuple(m for m in found if not m.free_symbols & hidden) for s, found in self.mates.items()}
        for place in _places(expr):
            for new in slips(_at(expr, place), mates):
                if (changed := _put(expr, place, new)) is not None:
                    yield changed, partial(_words, expr, place, new)

    def _throughout(self, expr: Expr) -> Iterator[tuple[Mapping[Expr, Expr], Said]]:
        """(what is replaced, the change in words): one hyperparameter for another, or for what is left of 1; powers a
        step early or late."""
        held = held_together(self.rule)
        for symbol in sorted(expr.free_symbols & set(self.rule.defaults), key=str):
            for new in (*held.get(symbol, ()), 1 - symbol):
                yield {symbol: new}, partial(_for, new, symbol)
        powers = [p for p in expr.atoms(Pow) if p.exp.has(t)]
        for base in sorted({p.base for p in powers}, key=str):
            for late in (t - 1, t + 1):
                change = {p: base ** p.exp.xreplace({t: late}) for p in powers if p.base == base}
                yield change, partial(_late, late, base)

    def of_rule(self) -> Iterator[Mutant]:
        """All lines changed throughout."""
        for change, words in self._throughout(Tuple(*self.lines.values())):
            lines = {line: expr.xreplace(change) for line, expr in self.lines.items()}
            if not any(expr.has(I, nan, zoo) for expr in lines.values()):
                rest = {s: e for s, e in lines.items() if s != x}
                yield Mutant(replace(self.open, x=lines[x]), rest, partial(_everywhere, words))

    def of_state(self) -> Iterator[Mutant]:
        """What is kept: nothing, a root, what belongs to another name; another first value."""
        for symbol, after in self.after.items():
            others = {f"what {s} should": a for s, a in self.after.items() if s != symbol}
            for words, kept in {"its first value": symbol, "its root": sqrt(Abs(after)), **others}.items():
                state = {**self.open.state, symbol: kept}
                yield Mutant(replace(self.open, state=state), self.defined, f"{symbol} keeps {words}".__str__)
            start = Integer(0 if self.rule.initial(symbol) != 0 else 1)
            init = {**self.rule.init, symbol: start}
            yield Mutant(replace(self.open, init=init), self.defined, f"{symbol} starts at {start}".__str__)


def _read(symbol: Symbol, lines: Lines) -> bool:
    return any(e.has(symbol) for e in lines.values())


def _written(expr: Expr, lines: Lines) -> Expr:
    """An expression in what the lines define, the largest first."""
    for symbol, part in reversed(_whole(lines).items()):
        expr = expr.xreplace({part: symbol})
        if part.is_Add:
            expr = _gathered(_gathered(expr, part, symbol), -part, -symbol)
    return expr


def _gathered(expr: Expr, part: Expr, symbol: Expr) -> Expr:
    """The terms of a line that went into a larger sum, as that line: g + wd·x − m_t is g_t − m_t."""
    terms = set(part.args)
    return expr.replace(lambda e: e.is_Add and terms < set(e.args), lambda e: e - part + symbol)


def _whole(lines: Mapping[Symbol, Expr]) -> Lines:
    """The lines with nothing left in them that a line defines."""
    known: Lines = {}
    for symbol, expr in lines.items():
        known[symbol] = put(expr, known)
    return known


def _places(expr: Expr) -> Iterator[tuple[int, ...]]:
    """The way to every node, from the root."""
    yield ()
    for index, arg in enumerate(expr.args):
        yield from ((index, *place) for place in _places(arg))


def _at(expr: Expr, place: tuple[int, ...]) -> Expr:
    for index in place:
        expr = expr.args[index]
    return expr


def _put(expr: Expr, place: tuple[int, ...], new: Expr) -> Expr | None:
    """The expression with something else at a place; None if there is no such expression."""
    if not place:
        return new
    inner = _put(expr.args[place[0]], place[1:], new)
    try:
        return (
            inner if inner is None else expr.func(*expr.args[: place[0]], inner, *expr.args[place[0] + 1 :])
        )
    except (TypeError, ValueError):  # a maximum of what has no order, a case without condition
        return None


def _words(expr: Expr, place: tuple[int, ...], new: Expr) -> str:
    """The change, with as much around it as can be read."""
    around = next(d for d in range(len(place) + 1) if d == len(place) or _readable(_at(expr, place[:d])))
    old = _at(expr, place[:around])
    return f"{plain(_put(old, place[around:], new))} instead of {plain(old)}"


def _placed(said: Said, line: Symbol) -> str:
    return f"with {said()} in {plain(line)}"


def _everywhere(said: Said) -> str:
    return f"with {said()} throughout"


def _for(new: Expr, old: Expr) -> str:
    return f"{plain(new)} instead of {plain(old)}"


def _late(late: Expr, base: Expr) -> str:
    return f"{plain(late)} instead of t in the powers of {plain(base)}"


def _readable(expr: Expr) -> bool:
    return isinstance(expr, Expr) and len(plain(expr)) <= SHOWN
