"""What is wrong only where it is divided is refused, what is right passes; a rank that ends costs its check alone."""

import io
from collections.abc import Callable, Iterator
from itertools import pairwise
from pathlib import Path

import pytest
from rich.console import Console

from examples.processes import ended
from lawful.properties.checks import plan_for
from lawful.properties.runs.layouts import FSDP, SPLIT, ZERO
from lawful.properties.settings import Settings
from lawful.properties.sharding import invariant
from lawful.reports.model import Result, Summary
from lawful.reports.tables import show_rules
from lawful.verify.candidates.candidate import Candidate
from lawful.verify.errors import WorkerTimeoutError
from lawful.verify.evidence import Check, Evidence, Verdict
from lawful.verify.front.session import PERFORM
from lawful.verify.language.families import rules
from lawful.verify.language.rule import Rule, Source
from lawful.verify.language.symbols import g, lr, x
from lawful.verify.language.tensors import EverywhereMean, Norm
from lawful.verify.workers.pool import Pool

CANDIDATES = """
import os, pathlib, torch
import torch.distributed as dist


class Plain(torch.optim.Optimizer):
    def __init__(self, params, lr=1e-3):
        super().__init__(params, {"lr": lr})

    @torch.no_grad()
    def step(self):
        for group in self.param_groups:
            for p in group["params"]:
                p.sub_(self.direction(p) * group["lr"])

    def direction(self, p):
        return p.grad


class CountsAllParameters(Plain):
    calls = 0

    def direction(self, p):
        self.calls += 1
        return p.grad / self.calls


class DividesByTheCount(Plain):
    def direction(self, p):
        return p.grad / p.numel()


class KnowsTheFirstElement(Plain):
    def direction(self, p):
        local = p.grad.to_local() if hasattr(p.grad, "to_local") else p.grad
        local.view(-1)[:1].zero_()
        return p.grad


class StepsOnRankZero(Plain):
    def direction(self, p):
        return p.grad * (rank() == 0)


class DiffersBetweenRanks(Plain):
    def step(self):
        super().step()
        for group in self.param_groups:
            group["lr"] = group["lr"] * (1 + rank())


class EndsWhereItIsLooped(Plain):
    def __init__(self, params, lr=1e-3, foreach=False):
        super().__init__(params, lr)
        self.loop = not foreach

    def direction(self, p):
        if self.loop and rank() == 1:
            os._exit(0)
        return p.grad


class RefusesShards(Plain):
    def direction(self, p):
        if hasattr(p, "to_local"):
            raise TypeError("plain tensors only")
        return p.grad


class EndsOnRankOne(Plain):
    def direction(self, p):
        if rank() == 1:
            os._exit(0)
        return p.grad


class HangsOnRankOne(Plain):
    def direction(self, p):
        if dist.is_initialized():
            pathlib.Path(__file__).with_name(f"rank {rank()}").write_text(str(os.getpid()))
        while rank() == 1:
            pass
        return p.grad


def rank():
    return dist.get_rank() if dist.is_initialized() else 0
"""

Ask = Callable[..., Evidence]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    found = tmp_path_factory.mktemp("sharding")
    (found / "candidates.py").write_text(CANDIDATES)
    return found


@pytest.fixture(scope="module")
def ask(folder: Path) -> Iterator[Ask]:
    """(property, class of the file above or target, rule, path) → evidence, from a worker."""
    with Pool(1) as pool:

        def answer(
            property_: str, name: str, rule: str = "sgd", path: str = "default", timeout: float = 60.0
        ) -> Evidence:
            target = name if ":" in name or rule == name else f"{folder / 'candidates.py'}:{name}"
            check = Check(property_, rule, target, path)
            found = pool.call(PERFORM, check, Settings(), gives=Evidence, timeout=timeout, about=rule)
            assert isinstance(found, Evidence)
            return found

        yield answer


# -------------------------------------------------------------------------------------------- what is right
@pytest.mark.parametrize("layout", ["split", "zero", "fsdp"])
@pytest.mark.parametrize("path", ["loop", "foreach", "fused"])
def test_torchs_adamw_is_what_it_is_however_divided(ask: Ask, layout: str, path: str) -> None:
    evidence = ask(layout, "torch.optim:AdamW", "adamw", path)
    assert evidence.verdict is Verdict.LAWFUL and evidence.comparisons > evidence.no_verdict
    assert path == "fused" or evidence.worst == 0.0


def test_lamb_is_not_invariant_but_reduces_across_the_shards_of_fsdp(ask: Ask) -> None:
    cut, zero, fsdp = (ask(layout, "lamb", "lamb") for layout in ("split", "zero", "fsdp"))
    assert cut.verdict is Verdict.NOT_APPLICABLE and cut.worst > 1.0
    assert cut.notes[0].startswith("lamb is not invariant")
    assert zero.verdict is fsdp.verdict is Verdict.LAWFUL


# -------------------------------------------------------------------------------------------- what is wrong
WRONG = {
    "CountsAllParameters": {"split", "zero"},
    "DividesByTheCount": {"split"},
    "KnowsTheFirstElement": {"split", "fsdp"},
    "StepsOnRankZero": {"zero", "fsdp"},
    "DiffersBetweenRanks": {"zero", "fsdp"},
    "Plain": set[str](),
}
"""Class → the layouts in which it departs from its undivided run."""


@pytest.mark.parametrize("name", WRONG)
def test_what_depends_on_the_division_is_refused_where_it_does(ask: Ask, name: str) -> None:
    evidence = {layout: ask(layout, name) for layout in ("split", "zero", "fsdp")}
    verdicts = {layout: e.verdict for layout, e in evidence.items()}
    assert verdicts == {k: Verdict.UNLAWFUL if k in WRONG[name] else Verdict.LAWFUL for k in verdicts}
    assert all("undivided run" in evidence[k].findings[0].message for k in WRONG[name])


def test_a_refusal_of_shards_is_no_pass(ask: Ask) -> None:
    evidence = ask("fsdp", "RefusesShards")
    assert evidence.verdict is Verdict.NOT_APPLICABLE and "plain tensors only" in evidence.notes[0]


def test_a_rank_that_ends_costs_its_check(ask: Ask) -> None:
    evidence = ask("zero", "EndsOnRankOne")
    assert evidence.verdict is Verdict.CRASHED
    assert "on rank 1 the process ended itself with exit code 0" in evidence.findings[0].message.lower()


@pytest.mark.parametrize("layout", ["zero", "fsdp"])
def test_a_rank_that_ends_on_one_path_costs_no_other(ask: Ask, layout: str) -> None:
    verdicts = [
        ask(layout, "EndsWhereItIsLooped", path=path).verdict for path in ("foreach", "loop", "foreach")
    ]
    assert verdicts == [Verdict.LAWFUL, Verdict.CRASHED, Verdict.LAWFUL]


def test_a_rank_that_hangs_costs_its_check_and_ends_with_it(ask: Ask, folder: Path) -> None:
    with pytest.raises(WorkerTimeoutError):
        ask("zero", "HangsOnRankOne", timeout=5.0)
    pids = [int(path.read_text()) for path in folder.glob("rank *")]
    assert len(pids) == 2 and ended(pids)


# ---------------------------------------------------------------------------------------------------- rules
def test_a_rules_expressions_say_what_it_is_invariant_to() -> None:
    def rule(e: object) -> Rule:
        return Rule("r", x - lr * g / e, {}, {lr: 1.0}, Source("this test"))

    lane, tensor, everything = (rule(e) for e in (1 + g**2, Norm(g), EverywhereMean(g**2)))
    assert all(invariant(lane, layout) for layout in (SPLIT, ZERO, FSDP))
    assert invariant(tensor, ZERO) and not invariant(tensor, FSDP) and not invariant(tensor, SPLIT)
    assert not any(invariant(everything, layout) for layout in (SPLIT, ZERO, FSDP))


def test_the_list_of_rules_names_those_that_are_not_invariant() -> None:
    console = Console(file=io.StringIO(), width=400)
    show_rules(rules().values(), console)
    lines = console.file.getvalue().splitlines()  # type: ignore[attr-defined]
    marked = {title.split()[0] for title, line in pairwise(lines) if "not invariant" in line}
    assert marked == {family.name for family in rules().values() if family().scope != "lane"}
    assert {"lamb", "lars", "adafactor", "muon"} <= marked and not {"adamw", "sgd", "lion"} & marked


def test_sharding_is_left_out_of_the_quick_profile() -> None:
    def asked(profile: str) -> set[str]:
        candidate, settings = Candidate.of("sgd", "sgd"), Settings(profile=profile)
        return {check.property for check in plan_for(candidate, "sgd", "sgd", settings)}

    assert asked("default") - asked("quick") == {"split", "zero", "fsdp"}


def test_what_does_not_apply_is_no_deviation_of_the_whole() -> None:
    check = Check("fsdp", "lamb", "lamb")
    seen = [Evidence(Verdict.NOT_APPLICABLE, worst=1e5), Evidence(Verdict.LAWFUL, worst=0.5)]
    assert Summary("lamb", "lamb", [Result(check, evidence) for evidence in seen]).worst == 0.5
