"""Bytes of state per parameter beside what the rule's own state says: `python benchmarks/memory.py`.

The law: every state tensor on which the rule depends at these hyperparameters, of the shape that the rule gives it
(a row mean has one number per row), in the parameter's dtype, or in the bits that the rule keeps it in.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from math import ceil, prod

import torch
from sympy import Expr
from torch.optim import Optimizer

from lawful.optimizers import available
from lawful.properties.memory import kept, without_what_is_off
from lawful.properties.runs.judging import of_rule
from lawful.properties.scenarios.defaults import default_scenario
from lawful.verify.candidates.candidate import Candidate
from lawful.verify.language.families import rules
from lawful.verify.language.names import normal
from lawful.verify.language.tensors import In8Bits, sizes
from lawful.verify.oracle.formats import FORMATS
from lawful.verify.provers.algebra.storage import shares

SHAPE = (128, 96)


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
    return kept(optimizer)[1] / p.numel()


def expected(candidate: Candidate, shape: tuple[int, ...], dtype: torch.dtype) -> float:
    """The law."""
    scenario = default_scenario(candidate, 0)
    rule = candidate.rule(scenario.options)
    hyper = of_rule(rule, scenario.hypers[0], dtype)
    own = without_what_is_off(rule, hyper).replace({**hyper, **sizes(shape)})
    numbers = {s: int(share.subs(sizes(shape)) * prod(shape)) for s, share in shares(own).items()}
    return sum(size(own.state[s], count, dtype) for s, count in numbers.items()) / prod(shape)


def size(state: Expr, numbers: int, dtype: torch.dtype) -> float:
    """Bytes of one state tensor."""
    for quantized in state.atoms(In8Bits):
        return numbers + 4 * ceil(numbers / (int(quantized.args[1]) or numbers))
    return numbers * dtype.itemsize


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
