"""A pass over data that sets the statistics of batch norms: what they are afterwards, and what is left.

Each batch is of whole numbers whose mean and variance, by one less than there are, no format rounds; so what is asked
is the average alone. Batches are of different sizes: each counts as one.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn

from lawful.properties.checks import Journal, Property, on_cpu
from lawful.properties.promises import ENOUGH, RaisedError, Said, calling, promised
from lawful.properties.runs.judging import Tally
from lawful.properties.settings import Settings
from lawful.verify.candidates.statistics import Statistics
from lawful.verify.evidence import Check, Evidence, Finding, Severity, Verdict
from lawful.verify.oracle.balls import Ball
from lawful.verify.oracle.formats import FORMATS
from lawful.verify.oracle.oracle import Oracle, State

BATCHES = (
    (2, 3.0, 1.0),
    (5, -1.0, 2.0),
    (3, 8.0, 4.0),
    (2, 0.0, 16.0),
    (5, 1.0, 1.0),
    (3, -7.0, 2.0),
    (2, 2.0, 8.0),
)
"""Sizes, means, and by how much one number differs from the next."""

SPREAD = {2: (-1, 1), 3: (-1, 0, 1), 5: (-2, -1, 0, 1, 2)}
VARIANCE = {2: 2.0, 3: 1.0, 5: 2.5}
"""Of so many numbers one apart, 2 of them two apart, whose sum is 0: the numbers, and their variance."""


@dataclass(frozen=True)
class Bench:
    """A function that makes the pass, and the format of what goes through the model."""

    statistics: Statistics
    dtype: torch.dtype = torch.float32

    @property
    def called(self) -> str:
        """`update_bn in float32`."""
        return f"{self.statistics.cls.__name__} in {str(self.dtype)[6:]}"

    def run(self, loader: Any, model: nn.Module) -> None:
        """The pass.

        Raises:
            RaisedError: it raised.
        """
        calling(lambda: self.statistics.cls(loader, model, **self.statistics.arguments))

    def batches(self) -> list[Tensor]:
        """Batches for two channels, the second with all numbers negated."""
        ways = [torch.tensor(SPREAD[n], dtype=self.dtype) * step + mean for n, mean, step in BATCHES]
        return [torch.stack([way, -way], 1) for way in ways]

    def expected(self, values: list[float]) -> Ball:
        """What the rule makes of a statistic of each batch."""
        oracle = Oracle(self.statistics.followed, FORMATS[self.dtype])
        slot = next(iter(self.statistics.followed.state))
        first, *others = [torch.tensor([value], dtype=self.dtype) for value in values]
        state = State(0, oracle.ball(first), {slot: oracle.ball(first)})
        for value in others:
            state = oracle.step(state, value, {})
        return state.slots[slot]

    def script(self, model: str, *then: str) -> str:
        """Lines that show it with torch alone."""
        name, module = self.statistics.cls.__name__, self.statistics.cls.__module__
        return "\n".join(
            [
                "import torch",
                "from torch import nn",
                f"from {module} import {name}",
                f"model = {model}",
                *then,
            ]
        )


Look = Callable[[Bench], Said]


def benches(statistics: Statistics) -> list[Bench]:
    """In both formats in which statistics are usual."""
    return [Bench(statistics, torch.float64), Bench(statistics)]


def promise(severity: Severity = Severity.CONTRACT) -> Callable[[Look], Property]:
    """Makes a property of a function that looks: its docstring is the sentence, what it yields are findings."""
    return lambda look: promised(look, benches, Statistics, severity=severity)


WRAPPED: tuple[Callable[[Tensor], Any], ...] = (
    lambda batch: batch,
    lambda batch: [batch, 0],
    lambda batch: (batch,),
)
"""What a loader may give: a batch, or a list or tuple of which it is the first."""


def _run(candidate: Statistics, check: Check, settings: Settings, journal: Journal) -> Evidence:
    tally, found = Tally(), list[Finding]()
    for bench in benches(candidate):
        journal(bench.called)
        for wrap in WRAPPED:
            norm = nn.BatchNorm1d(2, momentum=0.7).to(bench.dtype)
            nn.init.constant_(norm.get_buffer("running_mean"), 5.0)
            try:
                bench.run([wrap(batch) for batch in bench.batches()], nn.Sequential(nn.Identity(), norm))
                said = [*_wrong(bench, norm, tally)]
            except RaisedError as error:
                said = [str(error)]
            found += [Finding(f"{bench.called} {each}.", script=_lines(bench)) for each in said]
    verdict = Verdict.UNLAWFUL if found else Verdict.LAWFUL
    return tally.evidence(verdict, scenarios=2 * len(WRAPPED), findings=found[:ENOUGH])


def _wrong(bench: Bench, norm: nn.BatchNorm1d, tally: Tally) -> Iterator[str]:
    means = [mean for _, mean, _ in BATCHES]
    variances = [VARIANCE[n] * step**2 for n, _, step in BATCHES]
    for name, values in (("mean", means), ("var", variances)):
        law, seen = bench.expected(values), norm.get_buffer(f"running_{name}")[:1]
        if float(tally.add(law, seen.double())) > 1.0:
            yield f"leaves a running_{name} of {float(seen)!r}, where it is {float(torch.as_tensor(law.mid))!r}"
    if (count := int(norm.get_buffer("num_batches_tracked"))) != len(BATCHES):
        yield f"counts {count} of {len(BATCHES)} batches"


def _lines(bench: Bench) -> str:
    batches = [batch.tolist() for batch in bench.batches()]
    run = f"{bench.statistics.cls.__name__}([torch.tensor(batch) for batch in loader], model)"
    return bench.script("nn.BatchNorm1d(2)", f"loader = {batches}", run, "print(model.state_dict())")


follows_its_statistics = Property(
    "statistics",
    "After a pass a running mean is the mean of the batches' means, a running variance that of their variances, and "
    "batches are counted, whatever was there before; a batch may be a tensor, or the first of a list or tuple.",
    _run,
    on=on_cpu,
    severity=Severity.CORE,
    asks=Statistics,
)


def _model(dtype: torch.dtype) -> nn.Sequential:
    """In training, but for a part of it that is frozen; batch norms with momenta of their own, dropout, weights."""
    model = nn.Sequential(
        nn.Linear(2, 2), nn.BatchNorm1d(2, momentum=0.3), nn.Dropout(0.5), nn.BatchNorm1d(2, momentum=None)
    )
    model[2:].eval()
    return model.to(dtype)


WRITTEN = (
    "nn.Sequential(nn.Linear(2, 2), nn.BatchNorm1d(2, momentum=0.3), nn.Dropout(0.5), "
    "nn.BatchNorm1d(2, momentum=None))"
)
SHOWN = "print([(type(m).__name__, m.training, getattr(m, 'momentum', '')) for m in model])"


@promise()
def statistics_alone(bench: Bench) -> Said:
    """A pass leaves modes, of training or evaluation, momenta, weights and gradients as they were, in every module."""
    for whole in (True, False):
        model = _model(bench.dtype)
        model = model if whole else model.eval()
        before = _state(model)
        bench.run(bench.batches(), model)
        if changed := _changed(before, model):
            begins = "model[2:].eval()" if whole else "model.eval()"
            run = f"{bench.statistics.cls.__name__}([torch.randn(4, 2)], model)"
            yield f"changes {', '.join(changed)}", bench.script(WRITTEN, begins, SHOWN, run, SHOWN)


def _state(model: nn.Module) -> dict[str, Any]:
    """What should stay: name → value."""
    found: dict[str, Any] = {}
    for name, module in model.named_modules():
        place = f"{type(module).__name__} {name}".strip()
        found[f"the mode of {place}"] = module.training
        if hasattr(module, "momentum"):
            found[f"the momentum of {place}"] = module.momentum
    found |= {f"the weights {n}": p.tolist() for n, p in model.named_parameters()}
    return found | {f"the gradient of {n}": p.grad for n, p in model.named_parameters()}


def _changed(before: Mapping[str, Any], model: nn.Module) -> list[str]:
    """The names of what did not stay."""
    now = _state(model)
    return [name for name, was in before.items() if now[name] != was]


class _Ended(Exception):
    """The data end here."""


@promise(Severity.EXTRA)
def statistics_interrupted(bench: Bench) -> Said:
    """Where the data end in an error, modes and momenta are what they were."""

    def loader() -> Iterator[Tensor]:
        yield bench.batches()[0]
        raise _Ended

    model = _model(bench.dtype)
    before = _state(model)
    try:
        bench.run(loader(), model)
    except RaisedError:
        pass
    if changed := _changed(before, model):
        call = f"{bench.statistics.cls.__name__}([torch.randn(4, 2), None], model)"
        run = f"try: {call}\nexcept Exception as error: print(error)"
        yield (
            f"leaves {', '.join(changed)} changed, if the data end in an error",
            bench.script(WRITTEN, "model[2:].eval()", SHOWN, run, SHOWN),
        )


@promise(Severity.EXTRA)
def statistics_without_data(bench: Bench) -> Said:
    """A pass over no data is refused, or leaves the statistics that were there."""
    model = nn.BatchNorm1d(2).to(bench.dtype)
    assert model.running_mean is not None
    model.running_mean.fill_(5.0)
    try:
        bench.run([], model)
    except RaisedError:
        return
    if not bool((model.running_mean == 5).all()):
        run = f"model.running_mean.fill_(5.0)\n{bench.statistics.cls.__name__}([], model)\nprint(model.running_mean)"
        yield "throws the statistics away, where there are no data", bench.script("nn.BatchNorm1d(2)", run)
