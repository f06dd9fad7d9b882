"""State that is an output: what users read beside the parameter, and the parameter never depends on."""

from collections.abc import Iterator

import torch
from sympy import Symbol
from torch import Tensor

from lawful.properties.runs.judging import Part, Tally
from lawful.properties.runs.one_step import gathered
from lawful.properties.runs.running import Run
from lawful.properties.runs.watching import Sight
from lawful.verify.evidence import Finding
from lawful.verify.language.rule import Rule
from lawful.verify.oracle.balls import Ball


def departure(rule: Rule, sight: Sight, tally: Tally) -> Finding | None:
    """The first output that is outside its budget after a step, if the candidate keeps it under the rule's name."""
    run, part, state, step = sight.run, sight.part, sight.expected, sight.step
    for symbol, seen in _kept(rule, run, part):
        ball = state.slots[symbol]
        ratio = tally.add(ball, seen)
        if float(ratio.max()) > 1.0:
            return Finding(_told(rule, symbol, run, part, ball, seen, step, ratio))
    return None


def _kept(rule: Rule, run: Run, part: Part) -> Iterator[tuple[Symbol, Tensor]]:
    """The outputs that every parameter of a part has as a tensor of its shape."""
    for symbol in () if part.fold else rule.outputs:
        tensors = [run.optimizer.state.get(run.parameters[i], {}).get(symbol.name) for i in part.members]
        if all(
            isinstance(tensor, Tensor) and tensor.shape == run.parameters[i].shape
            for i, tensor in zip(part.members, tensors, strict=True)
        ):
            yield symbol, gathered(run, part, symbol.name)


def _told(
    rule: Rule, symbol: Symbol, run: Run, part: Part, ball: Ball, seen: Tensor, step: int, ratio: Tensor
) -> str:
    lane = int(ratio.argmax())
    block, index = part.locate(lane, run.blocks)
    expected, budget, found = (
        float(torch.as_tensor(value).expand(part.x0.shape).reshape(-1)[lane])
        for value in (ball.mid, ball.radius, seen)
    )
    return (
        f"the state {symbol} leaves {rule} at step {step}, in element {index} of {block.name}: {found!r} "
        f"instead of {expected!r} ± {budget:.3g}."
    )
