"""Trust ratios (arXiv:1904.00962): a tensor's step is made as long as the tensor."""

from typing import Literal

from sympy import Eq, Expr, Piecewise, Symbol

from lawful.verify.errors import Unanswerable
from lawful.verify.language.extrema import Min
from lawful.verify.language.family import Words
from lawful.verify.language.rule import Rule, Source
from lawful.verify.language.symbols import eps, lr, weight_decay, x
from lawful.verify.language.tensors import IfPositive, Norm
from lawful.verify.language.transformation import changed, parts, transformation

U, RATIO = Symbol("u_t"), Symbol("r_t")

WORDS: Words = {
    "clamp": {
        False: "the weight's norm as it is",
        True: "the weight's norm clamped to 10",
        "ratio": "the ratio clamped to 10",
    },
    "ratio": {"always": "a ratio in any case", "with decay": "a ratio of 1 where there is no decay"},
    "part": {
        "all": "a ratio of the weight and the whole step",
        "step": "a ratio of the decayed weight and the step without decay",
        "step + eps": "the same with eps beside the step's norm",
    },
}


def trust(ratio: Expr, *norms: Expr) -> Expr:
    """The ratio, 1 where a norm is 0."""
    return IfPositive(Min(*norms), ratio, 1)


def only_with_decay(ratio: Expr) -> Expr:
    """The ratio, 1 for parameters without decay."""
    return Piecewise((1, Eq(weight_decay, 0)), (ratio, True))


@transformation(words=WORDS)
def trusted(
    rule: Rule,
    *,
    clamp: Literal[False, True, "ratio"] = False,
    ratio: Literal["always", "with decay"] = "always",
    part: Literal["all", "step", "step + eps"] = "all",
) -> Rule:
    """The whole step u, decay and all, times ‖x‖/‖u‖; `clamp` takes no weight for longer than 10, or no ratio.

    `ratio="with decay"` is timm's and apex's default: the rule as it is where there is no decay. `part="step"`: u is
    without the decay, and x is decayed already.
    """
    if ratio == "with decay" and weight_decay not in rule.defaults:
        raise Unanswerable(f"trusted({rule}, ratio='with decay'): {rule} has no weight decay.")
    if part != "all" and ratio == "with decay":
        raise Unanswerable(f"trusted({rule}): a ratio without the decay does not ask whether there is any.")
    if part == "step + eps" and eps not in rule.defaults:
        raise Unanswerable(f"trusted({rule}, part='step + eps'): {rule} has no eps.")
    decayed, step = parts(rule)
    whole = part == "all"
    u_t = step + (x - decayed).expand() / lr if whole else step
    start = x if whole else decayed
    length = Min(Norm(start), 10) if clamp is True else Norm(start)
    beside = eps if part == "step + eps" else 0
    r_t = trust(length / (Norm(u_t) + beside), length, Norm(u_t))
    r_t = Min(r_t, 10) if clamp == "ratio" else r_t
    r_t = only_with_decay(r_t) if ratio == "with decay" else r_t
    source = Source("arXiv:1904.00962v5", "Algorithm 2, from memory", checked="tensorflow/addons@d208d752e9")
    return changed(rule, start - lr * r_t * u_t, source, names={U: u_t, RATIO: r_t})
