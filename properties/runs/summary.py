"""What a check did, in words: how options were varied, what was refused."""

from typing import Any

from lawful.properties.scenarios.scenarios import Scenario


def exercised(seen: list[Scenario]) -> dict[str, str]:
    """How each option and hyperparameter was varied."""
    values: dict[str, set[Any]] = {}
    for scenario in seen:
        for name, value in [
            *scenario.options.items(),
            *([("scheduler", scenario.scheduler)] if scenario.scheduler else []),
            *((s.name, v) for h in scenario.hypers for s, v in h.items()),
        ]:
            values.setdefault(name, set()).add(value)
    return {name: _range(list(found)) for name, found in values.items()}


def _range(values: list[Any]) -> str:
    if all(isinstance(v, int | float) and not isinstance(v, bool) for v in values) and len(values) > 2:
        return f"{min(values):g} … {max(values):g} ({len(values)} values)"
    return ", ".join(sorted(map(str, values)))


def refusal_notes(refusals: list[str]) -> list[str]:
    """What was refused, each reason once."""
    return [f"refused {refusals.count(r)} scenario(s): {r}" for r in dict.fromkeys(refusals)]
