"""What a translation says, as data: the cases in which there is a setting, or why there is none."""

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Case:
    """A setting with which the second rule does what the first does.

    Attributes:
        zero, above: hyperparameters of the first that must be 0; that must not be.
        needed: what must be positive besides.
        begun: whether it holds once both have begun, the second with the first's state.
        setting: hyperparameter of the second → what it must be, in those of the first.
        states: state of the second → what it is in terms of the first's.
        formulas: both, as Python writes them.
        scheduled: whether it holds while the learning rate follows a schedule.
        following: hyperparameters of the second that must then be set anew at each step.
        proof: line by line.
        second_check: what the second prover said.
        neighbour: the false neighbour that both refused, in words.
    """

    zero: list[str]
    above: list[str]
    needed: dict[str, str]
    begun: bool
    setting: dict[str, str]
    states: dict[str, str]
    formulas: dict[str, dict[str, str]]
    scheduled: bool
    following: list[str]
    proof: list[str]
    second_check: str
    neighbour: str

    @property
    def where(self) -> list[str]:
        """What must hold of the first rule's hyperparameters: `wd = 0`, `momentum > 0`."""
        return [
            *(f"{s} = 0" for s in self.zero),
            *(f"{s} > 0" for s in self.above),
            *(f"{e} > 0" for e in self.needed),
        ]

    def applies(self, setting: Mapping[str, float]) -> bool:
        """Whether it holds at a setting of the first rule."""
        return (
            not self.begun
            and all(setting[s] == 0 for s in self.zero)
            and all(setting[s] > 0 for s in self.above)
            and all(value(code, setting) > 0 for code in self.needed.values())
        )

    def values(self, setting: Mapping[str, float]) -> dict[str, float]:
        """The second rule's hyperparameters at a setting of the first, as far as they do not depend on shapes."""
        codes = self.formulas["setting"]
        return {s: value(code, setting) for s, code in codes.items() if not SHAPE.search(code)}


SHAPE = re.compile(r"\b(rows|cols|n|dim)\b")
"""The sizes of a tensor, in code."""


def value(code: str, at: Mapping[str, float]) -> float:
    """What a formula comes to."""
    return float(eval(code, {"math": math, "__builtins__": {"max": max, "min": min, "abs": abs}}, dict(at)))


@dataclass(frozen=True)
class Witness:
    """That no setting does: exact inputs on which each fails.

    Attributes:
        setting: hyperparameter of the first rule → its value.
        experiments: first weights and gradients, of one element.
        lines: how every setting fails there, case by case.
        second_check: what the second check said.
        neighbour: what it refused, in words: that a step cannot be met which can.
        asked: whether that is at the setting that was asked about, or where the same are 0 as in it.
        of: the rules of which it was shown, where it follows from that.
    """

    setting: dict[str, str]
    experiments: list[str]
    lines: list[str]
    second_check: str
    neighbour: str
    asked: bool = False
    of: tuple[str, str] | None = None


@dataclass(frozen=True)
class Nearest:
    """The nearest setting, as far as was searched, and how far apart it stays. Found by running; nothing is proved.

    Attributes:
        setting: hyperparameter of the second rule → its value.
        worst: the largest distance between the two weights in the steps that were run, in steps of the first rule.
        gradient: where that is: the first gradient.
        steps: the first step there of the first rule, and of the second.
        run: how many steps, and on what.
    """

    setting: dict[str, float]
    worst: float
    gradient: float
    steps: tuple[float, float]
    run: str


@dataclass(frozen=True)
class Translation:
    """How the second rule must be set so that it does what the first does.

    Attributes:
        first, second: the rules.
        cases: in which there is a setting, the widest first.
        witness: that there is none in general.
        reason: why nothing is proved, where there is neither.
        nearest: where there is none.
        stepwise: where there is none, a setting that is another at every step t, if that does the same.
        rounding: what rounding the two are compared without, in words.
        seconds: of the processor, that it took.
    """

    first: str
    second: str
    cases: list[Case] = field(default_factory=list)
    witness: Witness | None = None
    reason: str = ""
    nearest: Nearest | None = None
    stepwise: Case | None = None
    rounding: str = ""
    seconds: float = 0.0

    @property
    def general(self) -> Case | None:
        """The setting for every setting of the first rule, if there is one; while a step's decay is less than all."""
        return next((case for case in self.cases if not (case.zero or case.above or case.begun)), None)

    @property
    def outcome(self) -> str:
        """`yes`; `where` there is one for all settings but special ones; `no`; `open`."""
        if self.general:
            return "yes"
        if any(not (case.begun or case.zero) for case in self.cases):
            return "where"
        return "no" if self.witness else "open"
