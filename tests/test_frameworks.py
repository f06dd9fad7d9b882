"""An adapter of one's own, as docs/frameworks.md shows it: right ones follow, wrong ones do not, what lacks is said."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator
from types import MappingProxyType
from typing import Any

import numpy as np
import pytest
import torch

from examples.asking import conformance, evidence_of
from examples.pages import blocks, page
from lawful.verify.candidates import frameworks
from lawful.verify.candidates.adapter import Adapter
from lawful.verify.candidates.candidate import Candidate
from lawful.verify.candidates.frameworks import adapter_of, classed
from lawful.verify.candidates.protocol import Maker
from lawful.verify.evidence import Verdict


class Momentum:
    """SGD with momentum on arrays of numpy, in place, a buffer for each parameter."""

    def __init__(self, parameters: list[Any], arguments: Any) -> None:
        self.arguments = {"learning_rate": 0.001, "momentum": 0.0, **arguments}
        self.buffers: dict[int, Any] = {}

    def step(self, parameters: list[Any], gradients: list[Any]) -> list[Any]:
        for i, (x, g) in enumerate(zip(parameters, gradients, strict=True)):
            if g is not None:
                buffer = self.buffers.get(i)
                mu = x.dtype.type(self.arguments["momentum"])
                self.buffers[i] = g.copy() if buffer is None else mu * buffer + g
                x -= x.dtype.type(self.arguments["learning_rate"]) * self.buffers[i]
        return parameters

    def set(self, name: str, value: float) -> None:
        self.arguments[name] = value


class Forgetful(Momentum):
    """Takes a gradient that is not there for zeros."""

    def step(self, parameters: list[Any], gradients: list[Any]) -> list[Any]:
        there = [np.zeros_like(x) if g is None else g for x, g in zip(parameters, gradients, strict=True)]
        return super().step(parameters, there)


class Greedy(Momentum):
    """Writes into the gradients."""

    def step(self, parameters: list[Any], gradients: list[Any]) -> list[Any]:
        after = super().step(parameters, gradients)
        for g in gradients:
            g[...] = 0
        return after


class Deaf(Momentum):
    """Does not hear what is set."""

    def set(self, name: str, value: float) -> None:
        return


class Wide(Momentum):
    """Gives back another format."""

    def step(self, parameters: list[Any], gradients: list[Any]) -> Any:
        return [x.astype(np.float64) for x in super().step(parameters, gradients)]


class Short(Momentum):
    """Loses a parameter."""

    def step(self, parameters: list[Any], gradients: list[Any]) -> Any:
        return super().step(parameters, gradients)[1:]


def sgd(learning_rate: float = 0.001, momentum: float = 0.0) -> None:
    """What a target would name."""


@pytest.fixture
def made(monkeypatch: pytest.MonkeyPatch) -> Callable[[Any], Candidate]:
    """The candidate of a driven kind, by an adapter that is there for this test alone."""

    def of(driven: Any, settable: tuple[str, ...] = ("learning_rate",)) -> Candidate:
        def maker(found: Any) -> Maker:
            taken = list(inspect.signature(found).parameters.values())
            return Maker("sgd", taken, driven, frozenset(settable), found.__module__)

        adapter = Adapter(name="mine", roots=(__name__,), words={"lr": ("learning_rate",)}, maker=maker)
        monkeypatch.setattr(frameworks, "adapters", lambda: MappingProxyType({"mine": adapter}))
        return Candidate.of(sgd)  # type: ignore[arg-type]

    return of


def test_a_right_one_follows_its_rule(made: Callable[[Any], Candidate]) -> None:
    candidate = made(Momentum)
    for dtype in (torch.float64, torch.float32):
        evidence = conformance(candidate, dtype=dtype).evidence()
        assert evidence.verdict is Verdict.LAWFUL and not evidence.findings, evidence.findings
    for asked in ("idle", "gradients-kept", "set-from-outside", "order-and-names"):
        assert evidence_of(candidate, asked).verdict is Verdict.LAWFUL, asked


@pytest.mark.parametrize("driven, asked", [(Forgetful, "idle"), (Greedy, "gradients-kept")])
def test_a_broken_promise_is_found(driven: Any, asked: str, made: Callable[[Any], Candidate]) -> None:
    assert evidence_of(made(driven), asked).verdict is Verdict.UNLAWFUL


def test_what_is_set_and_not_heard_is_found(made: Callable[[Any], Candidate]) -> None:
    assert conformance(made(Deaf), dtype=torch.float64).evidence().verdict is Verdict.UNLAWFUL


def test_what_cannot_be_set_is_not_set(made: Callable[..., Candidate]) -> None:
    """A learning rate that changes is not asked of what has no way to change it, as the adapter of the docs."""
    evidence = conformance(made(Momentum, settable=()), dtype=torch.float64).evidence()
    assert evidence.verdict is Verdict.LAWFUL and not evidence.findings, evidence.findings
    assert "no way to set lr or learning_rate between steps" in evidence.notes[0]


@pytest.mark.parametrize(
    "driven, said", [(Wide, "comes back as float64"), (Short, "parameters, 3 come back")]
)
def test_what_does_not_come_back_is_refused(driven: Any, said: str, made: Callable[[Any], Candidate]) -> None:
    evidence = conformance(made(driven), dtype=torch.float32).evidence()
    assert evidence.verdict is Verdict.NOT_APPLICABLE and said in evidence.notes[0]


def test_what_it_lacks_is_said(made: Callable[[Any], Candidate]) -> None:
    evidence = evidence_of(made(Momentum), "resume")
    assert evidence.verdict is Verdict.NOT_APPLICABLE and "offers no save" in evidence.notes[0]


def test_torchs_own_promises_are_asked_of_torchs_alone(made: Callable[[Any], Candidate]) -> None:
    from lawful.properties.checks import plan_for
    from lawful.properties.settings import Settings

    foreign, own = (
        {c.property for c in plan_for(one, "sgd", "x", Settings())}
        for one in (made(Momentum), Candidate.of(torch.optim.SGD))
    )
    assert {"conformance", "resume", "idle"} <= foreign <= own
    assert {"closure", "hooks", "groups", "grad-scaler", "layout"} <= own - foreign


def test_what_is_nobodys_is_torchs() -> None:
    assert adapter_of(classed(torch.optim.SGD, "")).torchs


def documented() -> Iterator[str]:
    yield from (code for code in blocks(page("frameworks.md"), "python") if "ADAPTER" in code)


def test_the_adapter_of_the_docs_is_one() -> None:
    (code,) = documented()
    there: dict[str, Any] = {}
    exec(code.replace("...", "lambda i, x, g: x - g"), there)
    adapter = there["ADAPTER"]
    maker = adapter.maker(sgd)
    after = maker.begin([np.ones(2)], {}).step([np.ones(2)], [np.ones(2)])
    assert not adapter.torchs and after[0].tolist() == [0.0, 0.0]
