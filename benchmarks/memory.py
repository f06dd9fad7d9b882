"""Bytes of state per parameter beside what the rule's own state says: `python benchmarks/memory.py`.

The law: every state tensor on which the rule depends at these hyperparameters, of the shape that the rule gives it
(a row mean has one number per row), in the parameter's dtype, or in the bits that the rule keeps it in.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from math import ceil, prod

import torch
from sympy import Expr, Piecewise, Symbol
from torch import Tensor
from torch.optim import Optimizer

from lawful.optimizers import available
from lawful.properties.runs.judging import of_rule
from lawful.properties.scenarios.defaults import default_scenario
from lawful.verify.candidates.candidate import Candidate
from lawful.verify.language.families import normal, rules
from lawful.verify.language.rule import Rule
from lawful.verify.language.symbols import t
from lawful.verify.language.tensors import In8Bits, sizes
from lawful.verify.oracle.formats import FORMATS
from lawful.verify.oracle.oracle import Oracle
from lawful.verify.oracle.program import decided
from lawful.verify.oracle.scalars import holds

SHAPE = (128, 96)

Hyper = dict[Symbol, float]


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--shape", type=int, nargs="+", default=SHAPE, help="of the parameter")
    parser.add_argument(
        "--dtype", choices=[str(d).removeprefix("torch.") for d in FORMATS], default="float32"
    )
    return parser.parse_args()


def measured(candidate: Candidate, shape: tuple[int, ...], dtype: torch.dtype) -> float:
    """Bytes of the state's tensors after a step, counters apart, for each element of the parameter."""
    p = torch.ones(shape, dtype=dtype, requires_grad=True)
    p.grad = torch.ones_like(p)
    if candidate.rule(default_scenario(candidate, 0).options).sparse:
        p.grad = p.grad.to_sparse()
    optimizer = candidate.cls([p])
    optimizer.step()
    (state,) = optimizer.state_dict()["state"].values() or ({},)
    tensors = [value for value in state.values() if isinstance(value, Tensor) and value.ndim]
    return sum(value.numel() * value.element_size() for value in tensors) / p.numel()


def expected(candidate: Candidate, shape: tuple[int, ...], dtype: torch.dtype) -> float:
    """The law."""
    scenario = default_scenario(candidate, 0)
    rule = candidate.rule(scenario.options)
    hyper = of_rule(rule, scenario.hypers[0], dtype)
    oracle = Oracle(rule, FORMATS[dtype])
    x0 = torch.ones(shape, dtype=dtype)
    state = oracle.step(oracle.start(x0, hyper), x0, hyper)
    kept = {s: torch.as_tensor(state.slots[s].mid).shape for s in oracle.read(hyper, shape)}
    return sum(size(rule, s, own, shape, hyper, dtype) for s, own in kept.items() if prod(own) > 1) / prod(
        shape
    )


def size(
    rule: Rule, symbol: Symbol, own: torch.Size, shape: tuple[int, ...], hyper: Hyper, dtype: torch.dtype
) -> float:
    """Bytes of one state tensor."""
    for quantized in now(rule.state[symbol], shape, hyper).atoms(In8Bits):
        block = int(hyper.get(quantized.args[1], 0)) or prod(shape)
        return prod(own) + 4 * ceil(prod(own) / block)
    return prod(own) * dtype.itemsize


def now(expr: Expr, shape: tuple[int, ...], hyper: Hyper) -> Expr:
    """The case of the expression that holds in the first step."""
    here = {**hyper, **sizes(shape), t: 1}
    conditions = {c for p in expr.atoms(Piecewise) for _, c in p.args if c.free_symbols <= here.keys()}
    return decided(expr, {c: holds(c, here, 2.0**-53)[0] for c in conditions})


def candidates() -> Iterator[tuple[str, Candidate]]:
    """The bundled optimizers, and those of torch whose names are rules'."""
    for name, cls in available().items():
        yield name, Candidate.of(cls)
    for name, found in sorted(vars(torch.optim).items()):
        if isinstance(found, type) and issubclass(found, Optimizer) and normal(name) in rules():
            yield f"torch.optim.{name}", Candidate.of(found)


def main() -> None:
    args = arguments()
    shape, dtype = tuple(args.shape), getattr(torch, args.dtype)
    print(f"bytes of state per element of a parameter of shape {shape} in {args.dtype}")
    print(f"{'optimizer':<24}{'measured':>10}{'law':>10}")
    for name, candidate in candidates():
        fewest, most = candidate.rule({}).dimensions
        if not fewest <= len(shape) <= most:
            continue
        seen, law = measured(candidate, shape, dtype), expected(candidate, shape, dtype)
        print(f"{name:<24}{seen:>10.3f}{law:>10.3f}{'' if seen == law else '  differs'}")


if __name__ == "__main__":
    main()
