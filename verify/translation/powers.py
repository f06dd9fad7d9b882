"""Powers of numbers to unknowns, and roots that hang on the step: each of them an unknown of its own.

That they are powers of one another is given up, and with it what would be no polynomial of low degree: what has no
solution so has none.
"""

from collections.abc import Mapping

from flint import arb
from sympy import Expr, Integer, Pow, Symbol, nsimplify

from lawful.verify.language.rule import Rule
from lawful.verify.language.substitution import put
from lawful.verify.language.symbols import t
from lawful.verify.provers.algebra.vanishing import is_root


def standing_for(base: Expr, exponent: Expr) -> tuple[Symbol, int]:
    """(z ≥ 0, 1 or −1) for a number to a multiple of an unknown y ≥ 0: the power is (1 + z) to that.

    Raises:
        NotImplementedError: it is no such power.
    """
    number, y = exponent.as_coeff_Mul()
    base = nsimplify(base, rational=True)
    if not (y.is_Symbol and y.is_nonnegative and base.is_positive and number.is_integer and base != 1):
        raise NotImplementedError(f"{base}^({exponent})")
    larger, turned = (base, 1) if base > 1 else (1 / base, -1)
    name = f"({larger}^({abs(number)}*{y}) - 1)"
    z = Symbol(name, **({"positive": True} if y.is_positive else {"nonnegative": True}))
    return z, turned if number > 0 else -turned


def by_step(rule: Rule) -> dict[Expr, str]:
    """The roots that a rule has a name for and that hang on the step and on hyperparameters alone → that name."""
    known = {t, *rule.defaults}
    return {e: str(s) for s, e in rule.names.items() if is_root(e) and t in e.free_symbols <= known}


def standing_alone(name: str, step: Expr) -> Symbol:
    """The unknown for such a root in a step."""
    return Symbol(f"({name} in step {step})", nonnegative=True)


def is_one(symbol: Symbol) -> bool:
    """Whether a symbol stands for a power, or for a root."""
    return str(symbol).startswith("(")


def alone_in(rule: Rule, step: int, sought: Mapping[Symbol, Expr]) -> dict[Expr, Symbol]:
    """The roots that hang on the step and on an unknown → what stands for each; `sought` as of `powers_of`."""
    unknown = {s for s, e in sought.items() if e.free_symbols}
    return {
        e: standing_alone(name, Integer(step))
        for e, name in by_step(rule).items()
        if e.free_symbols & unknown
    }


def powers_of(rule: Rule, step: int, sought: Mapping[Symbol, Expr]) -> dict[Expr, tuple[Symbol, int]]:
    """The powers in a rule in a step → what stands for them, as of `standing_for`.

    Args:
        rule: the rule.
        step: which.
        sought: hyperparameter → number, or expression in the unknowns.
    """
    here = {**sought, t: Integer(step)}
    atoms = {p for e in (rule.x, *rule.state.values()) for p in e.atoms(Pow)}
    found = {p: (put(p.base, here), put(p.exp, here)) for p in atoms}
    return {
        power: standing_for(base, exponent)
        for power, (base, exponent) in found.items()
        if base.is_number and exponent.free_symbols and base != 1
    }


def put_in(known: Mapping[Expr, tuple[Symbol, int]], ranges: Mapping[Symbol, arb]) -> dict[Expr, arb]:
    """Where powers are when the symbols that stand for them are there."""
    return {power: (1 + ranges[z]) ** turned for power, (z, turned) in known.items()}
