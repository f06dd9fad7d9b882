"""A run that was made, and what rules would have made of it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Any

import numpy as np
import torch
from sympy import Symbol

from lawful.properties.runs.judging import Part, of_rule, parts
from lawful.properties.scenarios.scenarios import Block, Scenario
from lawful.verify.candidates.adapter import TORCH, Adapter
from lawful.verify.candidates.candidate import Candidate
from lawful.verify.language.rule import Rule
from lawful.verify.language.symbols import lr, lr_0
from lawful.verify.oracle.quick import Array, Beginning, Lines, path
from lawful.verify.variants.mutants import Mutant
from lawful.verify.variants.variants import Variant

NONE: Lines = MappingProxyType({})


@dataclass(frozen=True)
class Probe:
    """A run that was made.

    Attributes:
        cls: the candidate's class.
        arguments: of its constructor.
        scenario: steps, schedule, seed.
        blocks: the tensors.
        seen: the candidate's weights from the first on, steps × the lanes of all blocks.
        adapter: the words of its framework, and the user's.
        kept: what has been found out about it already: hyperparameters and first steps by rule, parts by scope. Runs
            that differ in an argument of which no rule knows may share it.
    """

    cls: type
    arguments: Mapping[str, Any]
    scenario: Scenario
    blocks: list[Block]
    seen: Array
    adapter: Adapter = TORCH
    kept: dict[Any, Any] = field(default_factory=dict, repr=False, compare=False)

    @property
    def dtype(self) -> torch.dtype:
        """Of the weights."""
        return self.blocks[0].x0.dtype

    def hyper(self, variant: Variant) -> dict[Symbol, float]:
        """The hyperparameters that a rule has here: the run's learning rate; else the constructor's, or the rule's own
        default where it has none."""
        return self._once("hyper", variant, self._hyper)  # type: ignore[no-any-return]

    def _once(self, what: str, variant: Variant, find: Callable[[Variant], Any]) -> Any:
        """What is found of a rule, which is written once, kept with it: nothing else may take its place in memory."""
        if (key := (what, id(variant.rule))) not in self.kept:
            self.kept[key] = variant.rule, find(variant)
        return self.kept[key][1]

    def _hyper(self, variant: Variant) -> dict[Symbol, float]:
        hyper = self._bound(variant).defaults(variant.rule)
        hyper |= {s: value for s, value in self.scenario.hypers[0].items() if s in hyper}
        return {**hyper, **({lr_0: hyper[lr]} if lr_0 in hyper else {})}

    def under(self, hyper: Mapping[Symbol, float]) -> Scenario:
        """The scenario with a rule's hyperparameters."""
        return replace(self.scenario, hypers=(hyper,))

    def lacking(self, variant: Variant) -> list[Symbol]:
        """The hyperparameters of a rule that the constructor lacks."""
        bound = self._bound(variant).binding.names
        return [s for s in variant.rule.defaults if s not in bound and s != lr_0]

    def _bound(self, variant: Variant) -> Candidate:
        return Candidate(self.cls, variant.family, variant.options, self.arguments, self.adapter)

    def without_what_lacks(self, variant: Variant) -> Rule:
        """A rule in which the hyperparameters are numbers that the constructor lacks."""
        rule = variant.rule
        lacking = {s: rule.defaults[s] for s in self.lacking(variant)}
        return rule.replace({s: int(v) if v == int(v) else v for s, v in lacking.items()})

    def alike(self, variant: Variant, stored: bool = True) -> object:
        """What a rule comes to for this class: the same for two of which each explains what the other does; or what it
        would come to, were no state kept in fewer bits."""
        rule, bound = self.without_what_lacks(variant), self._bound(variant).binding.names
        rule = rule if stored else rule.unstored
        state = frozenset((s, e, rule.initial(s)) for s, e in rule.state.items() if s not in rule.outputs)
        return rule.x, state, rule.scope, rule.pieced, frozenset((s, bound.get(s)) for s in rule.defaults)

    def predicted(self, variant: Variant, mutant: Mutant | None = None, steps: int | None = None) -> Array:
        """What `seen` would be, or its first steps, under a rule, or under one of its mutants."""
        if steps == 1 and mutant is None:
            begun = self._once("first step", variant, self._begun)
            return np.stack([self.seen[0], begun])
        if steps is None and mutant is None:
            return self._once("path", variant, self._whole)  # type: ignore[no-any-return]
        return self._whole(variant, mutant, steps)

    def _whole(self, variant: Variant, mutant: Mutant | None = None, steps: int | None = None) -> Array:
        rule, lines = (mutant.open, mutant.lines) if mutant else (variant.rule, NONE)
        scenario = replace(self.under(self.hyper(variant)), steps=steps or self.scenario.steps)
        found = [_path(rule, part, scenario, lines) for part in self._parts(variant.rule)]
        return np.concatenate([self.seen[:1], np.concatenate(found, 1)])

    def _begun(self, variant: Variant) -> Array:
        """The weights after the first step under a rule."""
        rule, hyper = variant.rule, self.under(self.hyper(variant)).hyper_at(0, 1)
        key = "begun", rule.scope, rule.pieced
        if key not in self.kept:
            begun = ((_arrays(part, 1), part) for part in self._parts(rule))
            self.kept[key] = [(Beginning(x0, g, part.pieces), part.dtype) for (x0, g), part in begun]
        found = [b.after(rule, of_rule(rule, hyper, dtype)).reshape(-1) for b, dtype in self.kept[key]]
        return np.concatenate(found)

    def _parts(self, rule: Rule) -> list[Part]:
        """The parts in which a rule sees the blocks."""
        key = rule.scope, rule.pieced
        if key not in self.kept:
            self.kept[key] = parts(self.blocks, "cpu", rule)
        return self.kept[key]  # type: ignore[no-any-return]


def spoken_of(probes: Sequence[Probe], variant: Variant) -> Sequence[Probe]:
    """The runs whose hyperparameters a rule allows together: MADGRAD's are those with momentum. All, if none is."""

    def allowed(probe: Probe) -> bool:
        hyper = {s.name: value for s, value in probe.hyper(variant).items()}
        return variant.family.allows(variant.options, hyper)

    return [probe for probe in probes if allowed(probe)] or probes


def _path(rule: Rule, part: Part, scenario: Scenario, lines: Lines) -> Array:
    hypers = [of_rule(rule, scenario.hyper_at(0, k), part.dtype) for k in range(1, scenario.steps + 1)]
    x0, *gradients = _arrays(part, scenario.steps)
    found = path(rule, x0, np.stack(gradients), hypers, lines, pieces=part.pieces)
    return found.reshape(scenario.steps, -1)


def _arrays(part: Part, steps: int) -> list[Array]:
    """The weights of a part, and the first gradients."""
    return [a.to(torch.float64).numpy() for a in (part.x0, *part.gradients[:steps])]
