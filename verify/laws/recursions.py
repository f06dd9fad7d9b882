"""Recursions by which torch's schedulers go from one rate to the next, and the formulas that they keep.

Formula and recursion are those of `verify/schedules`, before the end, where both have one case.
"""

from sympy import Expr, Integer, Min, Piecewise, Symbol, sympify

from lawful.verify.language.rule import Source
from lawful.verify.language.schedule import Formula, b, eta, k
from lawful.verify.language.symbols import lr, momentum
from lawful.verify.provers.claims import n
from lawful.verify.rules.sgd import sgd
from lawful.verify.schedules.exponential import exponential
from lawful.verify.schedules.linear import linear
from lawful.verify.schedules.polynomial import polynomial
from lawful.verify.theory.inductions import Invariant
from lawful.verify.theory.law import false_if

TORCH = Source("torch.optim.lr_scheduler", "its get_lr and its closed forms; the proof is our own")

rate, done = Symbol("eta", real=True), Symbol("K", nonnegative=True)
start, end, gamma = (Symbol(name, positive=True) for name in ("start", "end", "gamma"))
total = Symbol("T", positive=True)


def before_the_end(expr: Expr | None) -> Expr:
    """The case that holds until the length is reached."""
    case = expr.args[0][0] if isinstance(expr, Piecewise) else expr
    return sympify(case).replace(Min, lambda *parts: k)


def recursion(formula: Formula) -> dict[Symbol, tuple[Expr, Expr]]:
    """The rate, and how often it was stepped, from before the first step on."""
    onwards = before_the_end(formula.recursion).xreplace({eta: rate, k: done + 1})
    return {rate: (at(formula, Integer(0)), onwards), done: (Integer(0), done + 1)}


def at(formula: Formula, step: Expr) -> Expr:
    """What the formula says after so many steps."""
    return before_the_end(formula.rate).subs(k, step)


_any = sgd().replace({momentum: 0, lr: rate})
_linear = linear.build(start_factor=start, end_factor=end, total_iters=total)
_exponential = exponential.build(gamma=gamma)
_polynomial = polynomial.build(total_iters=total, power=Integer(2))
_late = b * start, rate * (1 + (end - start) / (total * start + (done + 1) * (end - start)))

linear_recursion_is_the_closed_form = Invariant(
    "torch's recursion for LinearLR, η ← η·(1 + (e − s)/(T·s + (k − 1)·(e − s))) from b·s, keeps η = "
    "b·(s + (e − s)·k/T) while that is not 0.",
    _any,
    {rate: at(_linear, n), done: n},
    beside=recursion(_linear),
    source=TORCH,
    refuses=false_if("k for k − 1 in the recursion", beside={**recursion(_linear), rate: _late}),
)

exponential_recursion_is_the_closed_form = Invariant(
    "Multiplied by γ at every step, a rate b is b·γᵏ after k of them.",
    _any,
    {rate: at(_exponential, n), done: n},
    beside=recursion(_exponential),
    source=TORCH,
    refuses=false_if("b·γᵏ⁺¹", holds={rate: b * gamma ** (n + 1), done: n}),
)

polynomial_recursion_is_the_closed_form = Invariant(
    "torch's recursion for PolynomialLR, here with power 2, η ← η·((1 − k/T)/(1 − (k − 1)/T))² from b, keeps η = "
    "b·(1 − k/T)² while that is not 0.",
    _any,
    {rate: at(_polynomial, n), done: n},
    beside=recursion(_polynomial),
    source=TORCH,
    refuses=false_if("k + 1 for k", holds={rate: b * (1 - (n + 1) / total) ** 2, done: n}),
)
