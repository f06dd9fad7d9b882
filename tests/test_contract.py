"""Each check of the contract finds the optimizer that breaks just that, says so, and passes the one that does not."""

from typing import Any

import pytest
import torch

from examples.contract import (
    AscendsOnDecay,
    CallsTwice,
    ComputesInTheFirstDtype,
    CountsInItsDtype,
    DecaysInGradient,
    DividesBySize,
    Flattens,
    ForgetsGradientMode,
    ForgetsToRestore,
    HasAnAttribute,
    HasMomentum,
    IgnoresHooks,
    IgnoresMomentum,
    KeepsGradient,
    KeepsMaster,
    KeepsStateApart,
    LooksAtNothing,
    Normalises,
    OtherWhenForeach,
    OverwritesDuplicates,
    Plain,
    PreparesInConstructor,
    Rebinds,
    Refuses,
    Restores,
    ReturnsNothing,
    ScalesTensorInPlace,
    StacksGradients,
    StopsAtMissing,
    TakesAnything,
    TakesMissingForZero,
    TakesRealPart,
    UsesFirstGroup,
    WritesRate,
    ZeroesNothing,
)
from examples.handing_over import (
    AgesWhileItSkips,
    AveragesTheWrongWay,
    CallsItEta,
    CountsAsANumber,
    CountsInAByte,
    CountsParameters,
    CountsUnderAnotherName,
    DividesByNone,
    FindsTheTrainable,
    FollowsFirstGroup,
    FollowsTheSecondGroup,
    HandsOutNothing,
    HandsOutTheMean,
    HurriesTheLast,
    KeepsOneApart,
    KeepsTheScale,
    LooksAtTheFirst,
    NeverGoesThere,
    ReadsFromTheBeginning,
    ServesGradScaler,
    SkipsBiases,
    StepsThroughInfinity,
)
from lawful.optimizers import AdamWScheduleFree
from lawful.properties.checks import Property, properties, run
from lawful.properties.settings import Settings
from lawful.verify.candidates.candidate import Candidate
from lawful.verify.errors import Unanswerable
from lawful.verify.evidence import Check, Evidence, Severity, Verdict

CONTRACT = [p for p in properties().values() if p.run.__module__ == "lawful.properties.contract.contract"]


def seen(cls: type, name: str, rule: str = "sgd") -> Evidence:
    candidate = Candidate.of(cls, rule)
    check = Check(name, rule, cls.__name__, next(iter(candidate.paths)), properties()[name].dtype)
    return run(candidate, check, Settings(only=(name,)))


BROKEN: list[tuple[type, str, str]] = [
    (TakesMissingForZero, "idle", "moves at step 1, where it has no gradient"),
    (StopsAtMissing, "idle", "is not where it would be alone"),
    (StacksGradients, "idle", "TypeError"),
    (KeepsMaster, "set-from-outside", "step 4 goes on from where it was"),
    (UsesFirstGroup, "groups", "momentum (momentum) is 0.5, 0.1, 0.9 in the groups"),
    (FollowsTheSecondGroup, "groups", "of the third group is not where it would be alone"),
    (FollowsFirstGroup, "groups", "exchange their hyperparameters before step 4"),
    (PreparesInConstructor, "late-group", "KeyError"),
    (DecaysInGradient, "gradients-kept", "step 1 changes p.grad of tensor 0"),
    (KeepsGradient, "gradients-kept", "is refilled in place before step 2"),
    (ZeroesNothing, "zero-grad", "zero_grad(set_to_none=True) leaves gradients that are not None"),
    (AscendsOnDecay, "maximize", "elsewhere than negated gradients do, from step 1 on"),
    (Rebinds, "layout", "the parameter is no longer where it was in memory"),
    (Flattens, "layout", "it is not where a contiguous one would be, from step 1 on"),
    (
        ReadsFromTheBeginning,
        "gradient-layout",
        "a gradient that is transposed, is not where a contiguous one leads",
    ),
    (DividesBySize, "empty-parameter", "ZeroDivisionError"),
    (ComputesInTheFirstDtype, "mixed-dtypes", "the float64 parameter is not where it would be alone"),
    (TakesRealPart, "complex-parameters", "is not where its real and imaginary parts would be"),
    (OverwritesDuplicates, "sparse-gradients", "is not where dense ones lead, from step 1 on"),
    (CallsItEta, "scheduled-rate", "putting torch's LambdaLR on it raises KeyError: 'lr'"),
    (WritesRate, "scheduled-rate", "step 1 writes 0.03125 into group['lr'], where 0.0625 was set"),
    (ScalesTensorInPlace, "rate-as-a-tensor", "the tensor that was given as lr holds"),
    (ForgetsGradientMode, "closure", "step 1 calls the closure with gradients disabled"),
    (CallsTwice, "closure", "step 1 calls the closure 2 times"),
    (ReturnsNothing, "closure", "step 1 does not return the closure's value"),
    (IgnoresHooks, "hooks", "in the order ['pre', 'pre']"),
    (KeepsStateApart, "resume", "is not where the uninterrupted run is at step 4"),
    (HasAnAttribute, "duplicate", "no attribute 'scale'"),
    (Normalises, "zero-gradients", "is NaN at step 1"),
    (ForgetsToRestore, "train-and-eval", "after step 1, eval and train do not restore tensor 0"),
    (HasMomentum, "defaults", "momentum defaults to 0.9; the default of sgd is 0"),
    (TakesAnything, "nonsense", "lr = -0.5 is accepted"),
    (TakesAnything, "nonsense", "a misspelt keyword, weight_dacay=0.1, is accepted"),
    (IgnoresMomentum, "every-option", "momentum changes nothing"),
    (CountsParameters, "handed-over", "handed over as groups with generators inside: TypeError"),
    (LooksAtTheFirst, "handed-over", "handed over as groups, some of them empty: step 1 raises IndexError"),
    (SkipsBiases, "order-and-names", "groups of pairs of a name and a tensor, parameter 6 of 9 is not where"),
    (HurriesTheLast, "order-and-names", "handed over as groups, parameter"),
    (StepsThroughInfinity, "grad-scaler", "a step with an infinite gradient, before step 1, is made"),
    (KeepsTheScale, "grad-scaler", "is not where it would be without it, from step 1 on"),
    (DividesByNone, "grad-scaler", "step 3 raises TypeError"),
    (AgesWhileItSkips, "grad-scaler", "is not where it would be without it, from step 4 on"),
    (KeepsOneApart, "grad-scaler", "a step with an infinite gradient, before step 1, is made"),
    (HandsOutNothing, "train-and-eval", "eval changes nothing, though 'mean' keeps an average"),
    (OtherWhenForeach, "paths-agree", "foreach leads tensor 0 of shape (131,) elsewhere than loop"),
]


@pytest.mark.parametrize(("cls", "name", "message"), BROKEN, ids=[f"{c.__name__}-{n}" for c, n, _ in BROKEN])
def test_what_breaks_the_contract_is_found(cls: type, name: str, message: str) -> None:
    evidence = seen(cls, name)
    assert evidence.verdict is Verdict.UNLAWFUL
    assert any(message in finding.message for finding in evidence.findings), evidence.findings


def test_a_counter_that_stops_is_found() -> None:
    (finding,) = seen(CountsInItsDtype, "counter", "adam").findings[:1]
    assert finding.message == "after 256 steps, the counter 'step' goes to 256, not 257 (bfloat16)."


def test_a_counter_that_overflows_is_found() -> None:
    (finding, *_) = seen(CountsInAByte, "counter", "adam").findings
    assert finding.message == "after 255 steps, the counter 'age' goes to 0, not 256 (bfloat16)."


def test_a_counter_that_is_cast_when_it_is_loaded_is_found() -> None:
    (finding, *_) = seen(CountsUnderAnotherName, "counter", "adam").findings
    assert finding.message.startswith(
        "after load_state_dict and 256 steps, the counter 'age' goes to 256, not 257"
    )


@pytest.mark.parametrize("cls", [AveragesTheWrongWay, NeverGoesThere])
def test_what_is_handed_out_for_evaluation_is_held_against_the_rule(cls: type) -> None:
    (finding,) = seen(cls, "train-and-eval", "adamwschedulefree").findings
    assert "is not what adamw_schedulefree hands out there" in finding.message


def test_every_check_has_an_optimizer_that_breaks_it() -> None:
    elsewhere = {"counter", "clipped-norm"}  # in test_clips.py, and below
    assert {p.name for p in CONTRACT} == {name for _, name, _ in BROKEN} | elsewhere


@pytest.mark.parametrize("asked", CONTRACT, ids=lambda p: p.name)
def test_what_keeps_the_contract_passes(asked: Property) -> None:
    evidence = seen(Plain, asked.name)
    assert not evidence.findings
    needs = {"counter": "no counter", "train-and-eval": "no modes", "paths-agree": "one path"}
    assert evidence.verdict is (Verdict.NOT_APPLICABLE if asked.name in needs else Verdict.LAWFUL)
    assert needs.get(asked.name, "") in " ".join(evidence.notes)


class LearnsFaster(Plain):
    def __init__(self, params: Any, lr: float = 0.1, momentum: float = 0.0) -> None:
        super().__init__(params, lr, momentum)


class OneGroupEach(Plain):
    """Makes a group of each parameter."""

    def __init__(self, params: Any, lr: float = 1e-3, momentum: float = 0.0) -> None:
        super().__init__(params, lr, momentum)
        self.param_groups = [{**group, "params": [p]} for group in self.param_groups for p in group["params"]]


@pytest.mark.parametrize(
    ("cls", "rule", "name"),
    [
        (OneGroupEach, "sgd", "conformance"),
        (OneGroupEach, "sgd", "groups"),
        (OneGroupEach, "sgd", "scheduled-rate"),
        (Restores, "sgd", "train-and-eval"),
        (LooksAtNothing, "sgd", "nonsense"),
        (LearnsFaster, "sgd", "defaults"),
        (HandsOutTheMean, "sgd", "train-and-eval"),
        (AdamWScheduleFree, "adamwschedulefree", "train-and-eval"),
        (CallsItEta, "sgd", "rate-as-a-tensor"),
        (CountsAsANumber, "adam", "counter"),
        (FindsTheTrainable, "sgd", "handed-over"),
        (FindsTheTrainable, "sgd", "order-and-names"),
        (ServesGradScaler, "sgd", "grad-scaler"),
        (torch.optim.AdamW, "adamw", "grad-scaler"),
        (torch.optim.SGD, "sgd", "paths-agree"),
        (torch.optim.Adam, "adam", "counter"),
        (torch.optim.Adagrad, "adagrad", "counter"),
    ],
)
def test_neighbours_that_keep_it_pass(cls: type, rule: str, name: str) -> None:
    assert seen(cls, name, rule).verdict is Verdict.LAWFUL


@pytest.mark.parametrize("name", ["complex-parameters", "sparse-gradients"])
def test_what_is_refused_clearly_is_noted(name: str) -> None:
    evidence = seen(Refuses, name)
    assert evidence.verdict is Verdict.NOT_APPLICABLE
    assert any(
        "is refused: NotImplementedError: neither complex nor sparse" in note for note in evidence.notes
    )


@pytest.mark.parametrize(
    ("only", "verdict"), [((), Verdict.LAWFUL), (("complex-parameters",), Verdict.UNLAWFUL)]
)
def test_what_hardly_anybody_relies_on_counts_when_it_is_asked_for(
    only: tuple[str, ...], verdict: Verdict
) -> None:
    check = Check("complex-parameters", "sgd", "TakesRealPart", "default", severity=Severity.EXTRA)
    evidence = run(Candidate.of(TakesRealPart, "sgd"), check, Settings(only=only))
    assert evidence.verdict is verdict and evidence.findings


def test_all_other_promises_count() -> None:
    rare = {p.name for p in CONTRACT if p.severity is Severity.EXTRA}
    assert rare == {"complex-parameters", "sparse-gradients", "nonsense"}


def test_properties_are_asked_for_by_name_or_pattern() -> None:
    from lawful.properties.checks import plan_for

    candidate = Candidate.of(Plain, "sgd")
    asked = plan_for(candidate, "sgd", "Plain", Settings(only=("idle", "zero-*")))
    assert {check.property for check in asked} == {"idle", "zero-grad", "zero-gradients"}
    with pytest.raises(Unanswerable, match="did you mean idle"):
        plan_for(candidate, "sgd", "Plain", Settings(only=("idel",)))
