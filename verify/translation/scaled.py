"""Gradients times a number on one side: a sum in a mean's place, a loss scale, a number of ranks."""

from dataclasses import replace

from sympy import Rational, Symbol

from lawful.verify.errors import Unanswerable
from lawful.verify.language.domain import Domain
from lawful.verify.language.rule import Rule
from lawful.verify.language.symbols import g
from lawful.verify.language.transformation import given

c = Symbol("c", positive=True)
LARGEST = 10**30


def on_other_gradients(first: Rule, second: Rule, change: str) -> tuple[Rule, Rule]:
    """The rules where the second is fed other gradients than the first.

    Args:
        first, second: the rules.
        change: `*c` for any positive number c, `*8`, `/8`.

    Raises:
        Unanswerable: `change` is not of that form.
    """
    factor = _factor(change)
    fed = replace(given(second, factor * g), conventions={**second.conventions, "gradients": change})
    if factor != c and factor != 1 / c:
        return first, fed
    domains = {**first.domains, c: Domain((2.0, 0.5), open_low=True)}
    return replace(first, defaults={**first.defaults, c: 1.0}, domains=domains), fed


def _factor(change: str) -> Rational | Symbol:
    sign, text = change[:1], change[1:].strip()
    try:
        number = c if text == "c" else Rational(text)
        if sign in ("*", "/") and number.is_positive and (number == c or 1 / LARGEST < number < LARGEST):
            return number if sign == "*" else 1 / number
    except (TypeError, ValueError, ZeroDivisionError):
        pass
    raise Unanswerable(
        f"--gradients {change!r} is not of the form *c, *8 or /8, by a number between 1e-30 and 1e30."
    )
