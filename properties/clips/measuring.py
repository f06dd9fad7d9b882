"""Whether what measures gradients gives their norm back, and leaves them as they were."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from math import inf, nan
from typing import Any

import torch
from torch import Tensor

from lawful.properties.checks import Journal, Property, on_cpu
from lawful.properties.clips.driving import SCALES, drawn
from lawful.properties.promises import ENOUGH, RaisedError, Said, calling, promised
from lawful.properties.runs.judging import Tally
from lawful.properties.settings import Settings
from lawful.verify.candidates.clip import ORDERS
from lawful.verify.candidates.measure import Measure
from lawful.verify.evidence import Check, Evidence, Finding, Severity, Verdict
from lawful.verify.oracle.balls import Ball
from lawful.verify.oracle.formats import FORMATS
from lawful.verify.oracle.oracle import Oracle


@dataclass
class Bench:
    """Tensors that are measured, in one of the ways to run, by a norm of this order."""

    measure: Measure
    path: Mapping[str, Any]
    tensors: Sequence[Tensor]
    order: float = 2.0

    def norm(self) -> Ball:
        """What is to be given back: of all tensors as one, in the format of the first."""
        whole = torch.cat([each.reshape(-1) for each in self.tensors])
        rule = replace(self.measure.followed, x=ORDERS[self.order], names={})
        oracle = Oracle(rule, FORMATS[whole.dtype])
        (values,) = self.measure.settings()
        return oracle.step(oracle.start(torch.zeros_like(whole)), whole, values).x

    def run(self, **more: Any) -> Any:
        """What is given back.

        Raises:
            RaisedError: it raised.
        """
        return calling(lambda: self.measure.call(self.tensors, self.path, self.order, **more))

    @property
    def called(self) -> str:
        """`get_total_norm(norm_type=1.0)`."""
        said = [f"{n}={v!r}" for n, v in self.path.items()]
        ordered = [f"norm_type={self.order!r}"] if self.order != 2.0 else []
        return f"{self.measure.cls.__name__}({', '.join([*ordered, *said])})"

    @property
    def script(self) -> str:
        """Lines that show it with torch alone, where what is asked can be imported."""
        name, module = self.measure.cls.__name__, self.measure.cls.__module__
        said = "[" + ", ".join(f"torch.tensor({t.tolist()!r}, dtype={t.dtype})" for t in self.tensors) + "]"
        call = (
            self.called.replace(f"{name}(", f"{name}(tensors, ")
            .replace(", )", ")")
            .replace("=inf", "=float('inf')")
        )
        head = [
            "import torch",
            "from math import inf, nan",
            f"from {module} import {name}",
            f"tensors = {said}",
        ]
        return "\n".join([*head, f"print({call})"])


def _run(candidate: Measure, check: Check, settings: Settings, journal: Journal) -> Evidence:
    path, dtype = candidate.paths[check.path], getattr(torch, check.dtype)
    tally, found = Tally(), list[Finding]()
    benches = [
        Bench(candidate, path, drawn(settings.seed, dtype, scale), order)
        for order in candidate.orders
        for scale in SCALES
    ]
    for bench in benches:
        journal(bench.called)
        found += [Finding(f"{bench.called} {said}.", script=bench.script) for said in _followed(bench, tally)]
    verdict = Verdict.UNLAWFUL if found else Verdict.LAWFUL
    return tally.evidence(
        verdict, scenarios=len(benches), unvaried=candidate.unvaried, findings=found[:ENOUGH]
    )


def _followed(bench: Bench, tally: Tally) -> Iterator[str]:
    before = [tensor.clone() for tensor in bench.tensors]
    try:
        back = torch.as_tensor(bench.run())
    except RaisedError as error:
        yield str(error)
        return
    norm = bench.norm()
    if float(tally.add(norm, back.double()).max()) > 1.0:
        law, radius = float(torch.as_tensor(norm.mid)), float(torch.as_tensor(norm.radius))
        yield f"gives back {float(back)!r}, where the norm is {law!r} ± {radius:.2g}"
    elif back.dtype != bench.tensors[0].dtype:
        yield f"gives the norm back in {back.dtype}, of tensors in {bench.tensors[0].dtype}"
    elif not all(map(torch.equal, before, bench.tensors)):
        yield "changes the tensors that it measures"


gives_the_norm = Property(
    "total-norm",
    "What is given back is the norm of all tensors as one, of each order that there is, in their format; they stay as "
    "they were.",
    _run,
    everywhere=True,
    on=on_cpu,
    severity=Severity.CORE,
    asks=Measure,
)


def _benches(measure: Measure) -> Iterator[Bench]:
    for path in measure.paths.values():
        yield Bench(measure, path, [torch.tensor([3.0, 4.0]), torch.tensor([12.0])])


def promise() -> Callable[[Callable[[Bench], Said]], Property]:
    """Makes a property of a function that looks, at each way to run."""
    return lambda look: promised(look, _benches, Measure)


@promise()
def norm_of_nothing(bench: Bench) -> Said:
    """The norm of no tensors is 0."""
    none = replace(bench, tensors=[])
    try:
        if float(none.run()) != 0:
            yield "gives back another norm than 0 of no tensors", none.script
    except RaisedError as error:
        yield f"{error}, of no tensors", none.script


@promise()
def norm_says_what_is_not_finite(bench: Bench) -> Said:
    """Where an element is infinite or no number, so is the norm; what is asked to raise an error then does."""
    for number in (inf, -inf, nan):
        here = replace(bench, tensors=[torch.tensor([3.0, number]), torch.tensor([4.0])])
        if bool(torch.isfinite(torch.as_tensor(here.run()))):
            yield f"gives back a finite norm, if an element is {number}", here.script
        if "error_if_nonfinite" in bench.measure.takes_all:
            try:
                here.run(error_if_nonfinite=True)
            except RaisedError:
                continue
            yield f"raises no error though it is asked to, if an element is {number}", here.script
