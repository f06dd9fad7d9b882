"""What a rule remembers: fading memories s ← keep·s + new, and running maxima; and the rule that is left of one
after a long run, or on average.
"""

from collections.abc import Iterator
from dataclasses import replace

from sympy import Expr, Max, Symbol, oo

from lawful.verify.language.rule import Rule
from lawful.verify.language.symbols import g, lr, t, weight_decay, x


def in_turn(rule: Rule) -> Iterator[Symbol]:
    """The state, each symbol after those that its next value depends on.

    Raises:
        NotImplementedError: there is no such order, or the step or the state depends on the weight.
    """
    if any(e.has(x) for e in (rule.x - x, *rule.state.values())):
        raise NotImplementedError(f"{rule} moves or remembers by the weight")
    done: set[Symbol] = set()
    while len(done) < len(rule.state):
        ready = [
            s for s, e in rule.state.items() if e.free_symbols & {*rule.state} <= {s, *done} and s not in done
        ]
        if not ready:
            raise NotImplementedError(f"the state of {rule} depends on itself in circles")
        yield from ready
        done.update(ready)


def is_maximum(rule: Rule, symbol: Symbol) -> bool:
    """Whether a state is a running maximum."""
    return isinstance(rule.state[symbol], Max) and symbol in rule.state[symbol].args


def memory(rule: Rule, symbol: Symbol) -> tuple[Expr, Expr]:
    """(keep, new) of a state whose next value is keep·state + new.

    Raises:
        NotImplementedError: it is not of that form.
    """
    keep = rule.state[symbol].diff(symbol)
    if keep.free_symbols & {g, *rule.state}:
        raise NotImplementedError(f"{symbol} of {rule} is no fading memory")
    return keep, rule.state[symbol].subs(symbol, 0)


def long_run(rule: Rule) -> Rule:
    """What a rule tends to: bias corrections and bounds that depend on t have faded; lr = 1, without decay."""
    fading = {hyper**t: 0 for hyper in rule.hyperparameters}
    return rule.replace(fading).replace({t: oo, lr: 1, weight_decay: 0})


def on_average(rule: Rule) -> Rule:
    """A rule without running maxima and momentum, which on average moves by the same.

    A maximum that has met its limit is a constant. A memory s that enters only steps, and those linearly, adds up
    to what is put into it: with new/(1 − keep) in its place, the sum of all steps differs by a bounded amount.
    """
    maxima = {s for s in rule.state if is_maximum(rule, s)}
    for top in maxima:
        rule = replace(rule, x=rule.x.subs(rule.state[top], top), state={**rule.state, top: top})
    for symbol in set(rule.state) - maxima:
        rest = {s: e for s, e in rule.state.items() if s != symbol}
        varying = {g, *rule.state} - maxima
        if rule.x.diff(symbol).free_symbols & varying or any(e.has(symbol) for e in rest.values()):
            continue
        keep, new = memory(rule, symbol)
        rule = replace(rule, x=rule.x.subs(symbol, new / (1 - keep)), state=rest)
    return rule
