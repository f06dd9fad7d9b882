"""One step at a time: the state is read back from the candidate before each step, so that errors do not accumulate.

Which tensor of `optimizer.state[p]` is which symbol of the rule is found by value: during the first steps a tensor must
stay within the oracle's balls of that symbol, in every lane, and no other tensor may.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import torch
from sympy import Symbol
from torch import Tensor

from lawful.properties.runs.judging import Part
from lawful.properties.runs.running import Run
from lawful.verify.oracle.balls import Ball
from lawful.verify.oracle.oracle import Hyper, Oracle, State

FIRST_STEPS = 6
"""During how many steps tensors are told apart."""

Names = Mapping[Symbol, str]


@dataclass
class Reader:
    """Finds the names under which a candidate keeps a rule's state, if it keeps no other tensors of such shapes.

    A factor may be kept with dimensions of size 1 or without them.

    Args:
        symbols: the state symbols to find.
    """

    symbols: frozenset[Symbol]
    _possible: dict[Symbol, set[str]] = field(default_factory=dict)
    _steps: int = 0
    _seen: set[str] = field(default_factory=set)

    def watch(self, run: Run, part: Part, state: State) -> None:
        """Compares all state tensors of a part with the oracle's balls after a step."""
        self._steps += 1
        balls = {symbol: state.slots[symbol] for symbol in self.symbols}
        names = self._seen = _names(run, part, [_shape(ball) for ball in balls.values()])
        for symbol, ball in balls.items():
            fitting = {name for name in names if _fits(_tensors(run, part, name), ball)}
            self._possible[symbol] = self._possible.get(symbol, fitting) & fitting

    def names(self) -> Names | None:
        """Symbol → key; None if a symbol has no tensor or several, or there is one that the rule does not know."""
        found = {symbol: next(iter(names)) for symbol, names in self._possible.items() if len(names) == 1}
        unique = len(set(found.values())) == len(found) == len(self._seen)
        return found if unique and found.keys() == self.symbols and self._steps >= FIRST_STEPS else None


def _names(run: Run, part: Part, factors: Sequence[torch.Size]) -> set[str]:
    """The names of what every parameter has in its own shape or in that of a factor."""
    states = [run.optimizer.state.get(run.parameters[i], {}) for i in part.members]
    shapes = [{_squeezed(h) for h in (run.parameters[i].shape, *factors)} for i in part.members]
    return {
        name
        for name in (states[0] if states else {})
        if all(
            isinstance(s.get(name), Tensor) and _squeezed(s[name].shape) in h
            for s, h in zip(states, shapes, strict=True)
        )
    }


def _squeezed(shape: Sequence[int]) -> tuple[int, ...]:
    return tuple(size for size in shape if size != 1)


def _shape(ball: Ball) -> torch.Size:
    return torch.as_tensor(ball.mid).shape


def _fits(tensors: list[Tensor], ball: Ball) -> bool:
    if sum(tensor.numel() for tensor in tensors) != _shape(ball).numel():
        return False
    radius = torch.as_tensor(ball.radius)
    return bool(((ball.distance(_laid(tensors, ball)) <= radius) | ~torch.isfinite(radius)).all())


def _tensors(run: Run, part: Part, name: str) -> list[Tensor]:
    return [run.optimizer.state[run.parameters[i]][name].detach() for i in part.members]


def _laid(tensors: list[Tensor], ball: Ball) -> Tensor:
    """State tensors as the ball has its lanes, in float64."""
    return torch.cat([tensor.reshape(-1).to(torch.float64) for tensor in tensors]).reshape(_shape(ball))


def gathered(run: Run, part: Part, name: str) -> Tensor:
    """A state tensor's lanes, as the part has them, in float64."""
    tensors = [tensor.reshape(-1).to(torch.float64) for tensor in _tensors(run, part, name)]
    return torch.cat(tensors).reshape(part.x0.shape)


@torch.inference_mode()
def here(oracle: Oracle, run: Run, part: Part, names: Names, expected: State) -> State:
    """The rule's state where the candidate is, not where it was expected."""
    read = {s: oracle.ball(_laid(_tensors(run, part, name), expected.slots[s])) for s, name in names.items()}
    return replace(expected, x=oracle.ball(part.gather(run.parameters)), slots={**expected.slots, **read})


@torch.inference_mode()
def next_state(oracle: Oracle, start: State, part: Part, hyper: Hyper) -> State:
    """The rule's state after one more step of a part."""
    return oracle.step(start, part.gradients[start.t], hyper)
