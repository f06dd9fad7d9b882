"""State in other formats than the parameter's, sparse gradients, state that is an output, and memory."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import Tensor
from torch.optim import Optimizer

from examples.asking import conformance
from lawful.optimizers import ASGD, SGD, Adam, AdamD, AdamW, available
from lawful.reports.script import script
from lawful.verify.candidates.candidate import Candidate
from lawful.verify.candidates.claim import claimed
from lawful.verify.errors import Unanswerable
from lawful.verify.evidence import Check, Counterexample, Evidence
from lawful.verify.language.families import find_rule, rules
from lawful.verify.language.symbols import m, v
from lawful.verify.oracle.formats import FORMATS
from lawful.verify.oracle.oracle import Oracle

MEMORY = Path(__file__).parent.parent / "benchmarks" / "memory.py"


def evidence(cls: type, rule: str, dtype: torch.dtype = torch.float32) -> Evidence:
    return conformance(cls, rule, dtype).evidence()


def lawful(cls: type, rule: str, dtype: torch.dtype = torch.float32) -> bool:
    return evidence(cls, rule, dtype).verdict.value == "lawful"


# -------------------- state wider than the parameter
def wide(cls: Any, params: list[Tensor], dtype: torch.dtype | None = torch.float32) -> Any:
    return cls([{"params": params, "state_dtype": dtype}], lr=0.05)


def gradients(steps: int) -> list[Tensor]:
    generator = torch.Generator().manual_seed(0)
    return [torch.randn(4, 6, generator=generator).bfloat16() for _ in range(steps)]


def stepped(optimizer: Optimizer, p: Tensor, gradient: Tensor) -> None:
    p.grad = gradient.to(p.dtype)
    optimizer.step()


def tensors(optimizer: Optimizer, p: Tensor) -> dict[str, Tensor]:
    return {k: s for k, s in optimizer.state[p].items() if isinstance(s, Tensor)}


@pytest.mark.parametrize("name", available())
def test_state_in_float32_is_a_run_in_float32_whose_parameters_are_rounded_once(name: str) -> None:
    p = torch.ones(4, 6, dtype=torch.bfloat16, requires_grad=True)
    q = torch.ones(4, 6, requires_grad=True)
    narrow, full = wide(available()[name], [p]), available()[name]([q], lr=0.05)
    for gradient in gradients(8):
        q.data.copy_(p.data)
        stepped(narrow, p, gradient)
        stepped(full, q, gradient)
        assert p.equal(q.bfloat16())
    for key, kept in tensors(full, q).items():
        assert tensors(narrow, p)[key].equal(kept), key


@pytest.mark.parametrize("name", available())
def test_state_in_float32_survives_saving_and_a_narrow_one_is_different(name: str) -> None:
    ends = []
    for dtype, saved in ((torch.float32, False), (torch.float32, True), (None, False)):
        p = torch.ones(4, 6, dtype=torch.bfloat16, requires_grad=True)
        optimizer = wide(available()[name], [p], dtype)
        for step, gradient in enumerate(gradients(8)):
            if saved and step == 4:
                state, optimizer = optimizer.state_dict(), wide(available()[name], [p], dtype)
                optimizer.load_state_dict(state)
            stepped(optimizer, p, gradient)
        ends.append({k: s.double() for k, s in tensors(optimizer, p).items()})
    assert all(ends[0][k].equal(ends[1][k]) for k in ends[0])
    assert not ends[0] or name == "adam8bit" or any(not ends[0][k].equal(ends[2][k]) for k in ends[0])


def test_bfloat16_with_float32_moments_is_within_the_budget_of_float32_and_one_rounding() -> None:
    """In bfloat16 throughout it is not: the budget of the wider state tells them apart."""
    rule, fmt = find_rule("adamw"), FORMATS[torch.float32]
    hyper = {s: {"lr": 0.05}.get(s.name, default) for s, default in rule.defaults.items()}
    within = []
    for dtype in (torch.float32, None):
        p = torch.ones(4, 6, dtype=torch.bfloat16, requires_grad=True)
        optimizer, oracle = wide(AdamW, [p], dtype), Oracle(rule, fmt)
        state = oracle.start(p.detach(), hyper)
        for gradient in gradients(8):
            here = type(state)(state.t, oracle.ball(p.detach()), state.slots, state.scalars)
            state = oracle.step(here, gradient, hyper)
            stepped(optimizer, p, gradient)
        kept = tensors(optimizer, p)
        balls = {"exp_avg": state.slots[m], "exp_avg_sq": state.slots[v]}
        inside = [bool((b.distance(kept[k].double()) <= b.radius).all()) for k, b in balls.items()]
        rounded = state.x.radius + 2.0**-8 * state.x.magnitude()
        within.append(all(inside) and bool((state.x.distance(p.detach().double()) <= rounded).all()))
    assert within == [True, False]


class WideAdam(Adam):
    """Adam that keeps its state in float32 whatever the parameter."""

    def add_param_group(self, param_group: dict[str, Any]) -> None:
        super().add_param_group({**param_group, "state_dtype": torch.float32})


@pytest.mark.parametrize("dtype", [torch.bfloat16, torch.float16])
def test_a_candidate_with_wider_state_is_not_refused(dtype: torch.dtype) -> None:
    assert lawful(WideAdam, "adam", dtype) and not lawful(WideAdam, "adamw", dtype)


@pytest.mark.parametrize("bad", [torch.int8, torch.complex64, "float32", 32])
def test_a_state_of_no_real_numbers_is_refused(bad: Any) -> None:
    with pytest.raises(ValueError, match="state_dtype must be a floating-point dtype"):
        wide(SGD, [torch.ones(2, requires_grad=True)], bad)


# -------------------- AdamD
class InMoments(AdamD):
    """Lets the decay into the moments, which is L2."""

    def update(self, b: Any, h: Any) -> None:
        b.add_l2(h.weight_decay)
        self.adapt(b, h)


def test_adamd_divides_its_decay_and_keeps_it_out_of_the_moments() -> None:
    assert lawful(AdamD, "adamd") and lawful(InMoments, "adam")
    assert not lawful(AdamD, "adam") and not lawful(AdamD, "adamw") and not lawful(InMoments, "adamd")


def test_adamd_rests_where_adam_with_l2_does() -> None:
    """At x = −g/wd, and AdamW does not."""
    ends = {}
    for cls in (AdamD, Adam, AdamW):
        x = torch.ones(1, dtype=torch.float64, requires_grad=True)
        optimizer = cls([x], lr=1e-2, weight_decay=0.5)
        for _ in range(3000):
            x.grad = torch.full_like(x, 0.25)
            optimizer.step()
        ends[cls] = x.item()
    assert ends[AdamD] == pytest.approx(-0.5, abs=1e-6) and ends[AdamW] == pytest.approx(-2.0, abs=1e-6)


# -------------------- sparse gradients
class Densified(torch.optim.SparseAdam):
    """Takes a sparse gradient for the dense one, so that moments decay where there is no entry."""

    def step(self, closure: Any = None) -> Any:
        for group in self.param_groups:
            for p in group["params"]:
                every = torch.ones_like(p).to_sparse().indices()
                p.grad = torch.sparse_coo_tensor(every, p.grad.to_dense().reshape(-1), p.shape)
        return super().step(closure)


def test_sparse_adam_leaves_alone_what_has_no_entry() -> None:
    assert claimed("SparseAdam") == "sparse_adam"
    assert lawful(torch.optim.SparseAdam, "sparse_adam")
    assert not lawful(Densified, "sparse_adam") and not lawful(
        torch.optim.SparseAdam, 'sparse_adam(eps="outside")'
    )


def test_a_script_of_a_sparse_rule_feeds_sparse_gradients() -> None:
    example = Counterexample({}, 1.0, [0.0, 1.0], {}, 2, 0, "x", 0.0, 0.0, 1.0, 2.0, True, 0)
    for rule, sparse in (("sparse_adam", True), ("adam", False)):
        text = script(Check("conformance", rule, "torch.optim:SparseAdam"), example)
        assert (".to_sparse()" in text) is sparse


def test_lbfgs_is_out_of_scope_with_a_reason() -> None:
    for ask in (lambda: claimed("LBFGS"), lambda: find_rule("lbfgs")):
        with pytest.raises(Unanswerable, match=r"LBFGS is out of scope: it asks a closure .*\.$"):
            ask()
    with pytest.raises(Unanswerable, match="unknown rule 'lbfg'"):
        find_rule("lbfg")


# -------------------- outputs
class LateAverage(ASGD):
    """Averages the iterates before the step; the parameters are right."""

    def update(self, b: Any, h: Any) -> None:
        late = [
            average.lerp(p, b.number("mu", 1.0)) for average, p in zip(b.state("ax"), b.params, strict=True)
        ]
        super().update(b, h)
        torch._foreach_copy_(b.state("ax"), late)


def test_an_average_that_the_parameters_never_read_is_checked() -> None:
    assert {f.name for f in rules().values() if f().outputs} == {"asgd"}
    assert lawful(ASGD, "asgd") and lawful(torch.optim.ASGD, "asgd")
    findings = evidence(LateAverage, "asgd").findings
    assert findings and "the state ax leaves asgd at step" in findings[0].message


# -------------------- memory
def benchmark() -> Any:
    spec = importlib.util.spec_from_file_location("memory", MEMORY)
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    sys.modules["memory"] = module
    spec.loader.exec_module(module)
    return module


class Hoarder(Adam):
    """Keeps a copy of the gradient besides."""

    def update(self, b: Any, h: Any) -> None:
        torch._foreach_copy_(b.state("last"), b.grads)
        super().update(b, h)


@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16])
def test_state_takes_the_bytes_that_the_rule_says(dtype: torch.dtype) -> None:
    memory = benchmark()
    for name, candidate in memory.candidates():
        shape = (128, 96)
        assert memory.measured(candidate, shape, dtype) == memory.expected(candidate, shape, dtype), name
    hoarder = Candidate.of(Hoarder, "adam")
    assert memory.measured(hoarder, (8, 8), dtype) == memory.expected(hoarder, (8, 8), dtype) + dtype.itemsize
    assert memory.expected(Candidate.of("adam8bit"), (64, 64), dtype) == 2 + 8 / 256
