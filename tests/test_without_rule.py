"""What is asked of a class that claims no rule, and what is told of arguments that a rule does not know."""

from typing import Any

import pytest
import torch

from lawful.properties.checks import plan_for, run
from lawful.properties.identification.answering import answered, by_rank, relieved
from lawful.properties.identification.identify import identified
from lawful.properties.identification.probes import Subject
from lawful.properties.settings import Settings
from lawful.reports.headline import sentence
from lawful.reports.identity import sentences
from lawful.reports.model import Result, Summary
from lawful.verify.candidates.candidate import Candidate
from lawful.verify.evidence import UNCLAIMED, Evidence, Verdict

SETTINGS = Settings("quick", dtypes=("float32",))


class Descent(torch.optim.Optimizer):
    """x ← x − lr·direction(g), in parts that subclasses replace."""

    def __init__(self, params: Any, lr: float = 1e-3) -> None:
        if lr < 0:
            raise ValueError("lr is negative")
        super().__init__(params, {"lr": lr})

    @torch.no_grad()
    def step(self, closure: Any = None) -> Any:
        loss = None if closure is None else torch.enable_grad()(closure)()
        for group in self.param_groups:
            members = [p for p in group["params"] if self.moving(p)]
            for p in members:
                p.sub_(float(group["lr"]) * self.direction(p, members))
        return loss

    def moving(self, p: torch.Tensor) -> bool:
        return p.grad is not None

    def direction(self, p: torch.Tensor, members: list[torch.Tensor]) -> torch.Tensor:
        assert p.grad is not None
        return p.grad.sign()


class Uphill(Descent):
    """Up."""

    def direction(self, p: torch.Tensor, members: list[torch.Tensor]) -> torch.Tensor:
        return -super().direction(p, members)


class Divided(Descent):
    """0/0 where the gradient is 0."""

    def direction(self, p: torch.Tensor, members: list[torch.Tensor]) -> torch.Tensor:
        assert p.grad is not None
        return p.grad / p.grad.abs()


class Restless(Descent):
    """Moves without a gradient."""

    def moving(self, p: torch.Tensor) -> bool:
        if p.grad is None:
            p.mul_(0.5)
        return p.grad is not None


class Together(Descent):
    """By the norm of all gradients, so that no tensor goes its own way."""

    def direction(self, p: torch.Tensor, members: list[torch.Tensor]) -> torch.Tensor:
        every = (q for group in self.param_groups for q in group["params"])
        norms = [q.grad.double().norm() for q in every if q.grad is not None]
        assert p.grad is not None
        return p.grad / (torch.stack(norms).norm().to(p.grad) + 1e-3)


def verdicts(cls: type, *only: str, rule: str = UNCLAIMED) -> dict[str, Evidence]:
    candidate = Candidate.of(cls, rule)
    asked = Settings("quick", dtypes=("float32",), only=only)
    return {c.property: run(candidate, c, asked) for c in plan_for(candidate, rule, cls.__qualname__, asked)}


def findings(cls: type, name: str, rule: str = UNCLAIMED) -> str:
    return " ".join(f.message for f in verdicts(cls, name, rule=rule)[name].findings)


def test_what_needs_no_rule_is_asked() -> None:
    found = verdicts(Descent)
    assert {"idle", "groups", "resume", "quiet", "first-steps", "nonsense"} <= found.keys()
    assert "conformance" not in found
    assert not {name: e.findings for name, e in found.items() if e.findings}
    assert "in units of lr, for gradients of that size: 1 from 1, -1 from -1, 1 from 10" in str(
        found["first-steps"].notes
    )


@pytest.mark.parametrize(
    ("cls", "name", "words"),
    [
        (Uphill, "first-steps", "goes up the gradient"),
        (Divided, "first-steps", "a gradient of 0 leads to nan in step 1"),
        (Restless, "idle", "moves at step 1, where it has no gradient"),
    ],
)
def test_what_no_optimizer_does_is_found(cls: type, name: str, words: str) -> None:
    assert words in findings(cls, name)


def test_tensors_that_depend_on_each_other_are_no_finding_without_a_rule() -> None:
    found = verdicts(Together)
    assert "groups" not in found
    assert not {name: e.findings for name, e in found.items() if e.findings}


def test_the_headline_says_that_no_rule_was_claimed() -> None:
    candidate = Candidate.of(Descent)
    (check,) = plan_for(candidate, UNCLAIMED, "mine:Descent", Settings("quick", only=("quiet",)))
    said = sentence(Summary("mine:Descent", UNCLAIMED, [Result(check, Evidence(Verdict.LAWFUL))]))
    assert "claims no rule" in said and "--rule RULE" in said and "lawful identify mine:Descent" in said


# ---------------------------------------------------------------------------------------------- arguments
class Knobs(torch.optim.SGD):
    """SGD with more arguments.

    Args:
        decay: what weights lose in a step.
        idle: nothing.
        old: deprecated, has no effect.
    """

    shown = 1.0

    def __init__(
        self,
        params: Any,
        lr: float = 1e-3,
        momentum: float = 0.0,
        decay: float = 0.0,
        idle: float = 1.0,
        old: bool = False,
    ) -> None:
        super().__init__(params, lr, momentum, weight_decay=decay)
        if old:
            for group in self.param_groups:
                group["lr"] *= self.shown


class Deceiving(Knobs):
    """Its deprecated argument does something."""

    shown = 0.5


def test_what_the_rule_does_not_know_is_moved_and_named() -> None:
    found = verdicts(Knobs, "arguments", rule="sgd")["arguments"]
    assert found.verdict is Verdict.LAWFUL
    assert found.unvaried == ["decay", "idle", "old"]
    assert any("decay: changes something; idle, old: is taken and changes nothing" in n for n in found.notes)
    assert (
        "decay is never varied; if it is the rule's weight_decay, say --name weight_decay=decay"
        in found.notes
    )
    (check,) = plan_for(Candidate.of(Knobs, "sgd"), "sgd", "k", Settings("quick", only=("arguments",)))
    assert "Never varied: decay, idle, old" in sentence(Summary("k", "sgd", [Result(check, found)]))


def test_what_is_documented_as_nothing_and_does_something_is_found() -> None:
    assert "old changes what the optimizer does" in findings(Deceiving, "arguments", rule="sgd")


def test_where_the_rule_knows_every_argument_nothing_is_moved() -> None:
    assert not plan_for(Candidate.of(torch.optim.AdamW), "adamw", "a", Settings("quick", only=("arguments",)))


# -------------------------------------------------------------------------------------------- identify
class Clipping(torch.optim.SGD):
    """Clips each gradient, unless told not to."""

    def __init__(self, params: Any, lr: float = 1e-3, momentum: float = 0.0, bound: Any = 0.25) -> None:
        super().__init__(params, lr=lr, momentum=momentum)
        self.bound = bound

    def step(self, closure: Any = None) -> Any:
        for p in (p for group in self.param_groups for p in group["params"] if p.grad is not None):
            if self.bound is not None:
                p.grad = p.grad.clamp(-self.bound, self.bound)
        return super().step(closure)


class Deaf(Clipping):
    """Clips whatever it is told."""

    def __init__(self, params: Any, lr: float = 1e-3, momentum: float = 0.0, bound: Any = 0.25) -> None:
        super().__init__(params, lr, momentum, 0.25)


class Narrow(torch.optim.SGD):
    """Refuses float64."""

    def __init__(self, params: Any, lr: float = 1e-3, momentum: float = 0.0) -> None:
        super().__init__(params, lr=lr, momentum=momentum)
        if any(p.dtype is torch.float64 for group in self.param_groups for p in group["params"]):
            raise TypeError("float32 only")


class ByRank(torch.optim.Optimizer):
    """Momentum for matrices, Adam for the rest."""

    def __init__(
        self,
        params: Any,
        lr: float = 1e-3,
        momentum: float = 0.9,
        betas: Any = (0.9, 0.999),
        eps: float = 1e-8,
    ) -> None:
        super().__init__(params, {"lr": lr, "momentum": momentum, "betas": betas, "eps": eps})

    @torch.no_grad()
    def step(self, closure: Any = None) -> None:
        for group in self.param_groups:
            for p in group["params"]:
                state = self.state[p]
                state["t"] = state.get("t", 0) + 1
                p.sub_(group["lr"] * (self.ball if p.dim() == 2 else self.adaptive)(p.grad, state, group))

    def ball(self, g: torch.Tensor, s: Any, group: Any) -> torch.Tensor:
        s["b"] = group["momentum"] * s.get("b", torch.zeros_like(g)) + g
        return s["b"].clone()

    def adaptive(self, g: torch.Tensor, s: Any, group: Any) -> torch.Tensor:
        b1, b2 = group["betas"]
        s["m"] = b1 * s.get("m", torch.zeros_like(g)) + (1 - b1) * g
        s["v"] = b2 * s.get("v", torch.zeros_like(g)) + (1 - b2) * g**2
        root: torch.Tensor = (s["v"] / (1 - b2 ** s["t"])).sqrt() + group["eps"]
        return s["m"] / (1 - b1 ** s["t"]) / root


class ByRankOrNot(ByRank):
    """Something that no rule is, of vectors."""

    def adaptive(self, g: torch.Tensor, s: Any, group: Any) -> torch.Tensor:
        return g**3 / (1 + g.abs())


def test_each_rank_is_answered_for() -> None:
    found = answered(Subject(ByRank))
    assert found.found and not found.fits
    assert found.ranks["matrices"].fits[0].words.startswith("sgd")
    assert found.ranks["vectors and scalars"].fits[0].rule == "adam"
    assert any(line.startswith("  Matrices: sgd") for line in sentences(found))


def test_a_rank_that_follows_nothing_leaves_the_whole_without_an_answer() -> None:
    subject = Subject(ByRankOrNot)
    assert by_rank(subject, identified(subject, slips=False)) is None


def test_what_fits_once_a_clip_is_off_is_said() -> None:
    found = answered(Subject(Clipping))
    assert found.once == "bound is None" and found.fits[0].words.startswith("sgd")
    assert next(sentences(found)).startswith("Clipping: sgd") and "once bound is None" in next(
        sentences(found)
    )


def test_a_clip_that_cannot_be_turned_off_is_no_answer() -> None:
    assert relieved(Subject(Deaf), "") is None


def test_where_float64_is_refused_float32_is_tried() -> None:
    found = answered(Subject(Narrow))
    assert found.fits and found.dtype == "float32" and found.notes == ["float64 is refused"]


def test_the_plainest_of_equal_forms_leads() -> None:
    assert answered(Subject(Plain)).fits[0].rule == "sgd"


class Plain(Descent):
    """Gradient descent."""

    def direction(self, p: torch.Tensor, members: list[torch.Tensor]) -> torch.Tensor:
        assert p.grad is not None
        return p.grad
