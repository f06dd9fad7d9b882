"""A counterexample as a script that needs torch, or its own framework, and the implementation, and nothing of ours.

It runs the smallest tensor that shows the departure; the smallest few, where the rule looks at all parameters. What
depends on the other tensors and groups that were there does not show; the script's last line says what was seen.
"""

import numpy as np

from lawful.verify.candidates.adapter import Inputs
from lawful.verify.candidates.description import Description
from lawful.verify.candidates.frameworks import adapters
from lawful.verify.candidates.places import imported, name_of, parted
from lawful.verify.evidence import Check, Counterexample
from lawful.verify.language.families import find_rule


def script(check: Check, example: Counterexample, target: Description | None = None) -> str:
    """The script's source. `target` says where a bundled implementation comes from."""
    adapter = adapters().get(target.framework) if target else None
    if adapter is not None and adapter.script is not None:
        return "\n".join([*adapter.script(_inputs(check, example)), "", *_told(example, "value")]) + "\n"
    lines = [
        "import torch",
        *_imported(check, target),
        "",
        *(_several(check, example) if example.context.pieces else _alone(check, example)),
        f"optimizer = {_class(check, target)}({_parameters(example)}{_arguments(example)})",
        *_steps(example, _is_sparse(check.rule)),
        "",
        *_told(example, f"{_all(example)}[{example.context.lane}].item()"),
    ]
    return "\n".join(lines) + "\n"


def _alone(check: Check, example: Counterexample) -> list[str]:
    """The tensor, and another if there are others."""
    grows = not example.constructor.get("differentiable")
    return [
        f"x = torch.tensor({_first(example)}, dtype=torch.{check.dtype}, device={check.device!r})",
        *(["x.requires_grad_()"] if grows else []),
        *(["other = torch.ones_like(x, requires_grad=x.requires_grad)"] if _others(example) else []),
    ]


def _several(check: Check, example: Counterexample) -> list[str]:
    """The tensors."""
    each = _number(example.context.cut(example.context.x0))
    grows = "" if example.constructor.get("differentiable") else ".requires_grad_()"
    made = f"torch.tensor(x, dtype=torch.{check.dtype}, device={check.device!r}){grows}"
    return [f"tensors = [{made} for x in {each}]"]


def _all(example: Counterexample) -> str:
    """The elements, one after the other."""
    return "torch.cat(tensors)" if example.context.pieces else "x.flatten()"


def _told(example: Counterexample, value: str) -> list[str]:
    """What the script prints in the end."""
    return [
        f'print("step", step, "gives", {value})',
        f'print("the rule gives", {_number(example.expected)}, "give or take", {_number(example.budget)})',
        f'print("{"seen:" if example.alone else "among other tensors it was"}", {_number(example.seen)})',
    ]


def _inputs(check: Check, example: Counterexample) -> Inputs:
    """The inputs of a counterexample, for the script of another framework."""
    held, slopes = example.context, example.context.gradients
    if held.pieces:
        return _inputs_of_several(check, example)
    whole = np.asarray(held.x0, dtype=float)
    other = np.ones_like(whole)
    beside = [[other.tolist()] * n for n in (example.before, example.after)]
    return Inputs(
        check.target,
        check.dtype,
        example.constructor,
        [*beside[0], whole.tolist(), *beside[1]],
        [[*beside[0], slope, *beside[1]] for slope in slopes],
        example.schedule,
        example.before,
        tuple(int(i) for i in np.unravel_index(held.lane, whole.shape)),
    )


def _inputs_of_several(check: Check, example: Counterexample) -> Inputs:
    held, ends = example.context, np.cumsum(example.context.pieces)
    which = int(np.searchsorted(ends, held.lane, side="right"))
    within = held.lane - int(ends[which]) + held.pieces[which]
    first, slopes = held.cut(held.x0), [*map(held.cut, held.gradients)]
    return Inputs(
        check.target, check.dtype, example.constructor, first, slopes, example.schedule, which, (within,)
    )


def _is_sparse(rule: str) -> bool:
    """Whether a rule of ours takes sparse gradients; to import another's module, a report is no reason."""
    return ":" not in rule and find_rule(rule).sparse


def _others(example: Counterexample) -> int:
    return example.before + example.after


def _parameters(example: Counterexample) -> str:
    listed = ", ".join([*["other"] * example.before, "x", *["other"] * example.after])
    return "tensors" if example.context.pieces else f"[{listed}]"


def _first(example: Counterexample) -> str:
    return _number(example.whole.x0) if example.whole else _repeated(_number(example.x0), example)


def _repeated(number: str, example: Counterexample) -> str:
    """A tensor of equal lanes."""
    return f"[{number}]" + (f" * {example.elements}" if example.elements > 1 else "")


def _class(check: Check, target: Description | None) -> str:
    return "wrapped" if parted(check.target)[1] else _name(check.target, target)


def _name(word: str, target: Description | None) -> str:
    return word.rpartition(":")[2] if ":" in word else target.name if target else word


def _imported(check: Check, target: Description | None) -> list[str]:
    outer, inner = parted(check.target)
    lines = _from(outer, target)
    return [*lines, *_from(inner, None), *_wrapping(name_of(outer), name_of(inner))] if inner else lines


def _wrapping(outer: str, inner: str) -> list[str]:
    """A function that makes the one around the other, each with its own arguments."""
    return [
        "import inspect",
        "",
        "",
        "def wrapped(parameters, **arguments):",
        f"    own = [name for name in inspect.signature({outer}).parameters if name in arguments]",
        "    outside = {name: arguments.pop(name) for name in own}",
        f"    return {outer}({inner}(parameters, **arguments), **outside)",
        "",
    ]


def _from(word: str, target: Description | None) -> list[str]:
    return imported(word, target.module if target else "lawful.optimizers", _name(word, target))


def _arguments(example: Counterexample) -> str:
    """The constructor's arguments, after the parameters."""
    said = {name: _number(value) for name, value in example.constructor.items()}
    if example.tensor in said:
        said[example.tensor] = f"torch.tensor({said[example.tensor]})"
    return "".join(f", {name}={value}" for name, value in said.items())


def _steps(example: Counterexample, sparse: bool) -> list[str]:
    gradients = example.whole.gradients if example.whole else example.gradients
    gradients = [*map(example.context.cut, gradients)] if example.context.pieces else gradients
    slope = "gradient" if example.whole else _repeated("gradient", example)
    lines = [f"for step, gradient in enumerate({_number(gradients)}, 1):"]
    for step, changes in example.schedule.items():
        lines += [f"    if step == {step}:", "        for group in optimizer.param_groups:"]
        lines += [
            f"            group[{name!r}] = {_held(example, name, value)}" for name, value in changes.items()
        ]
    kind = ".to_sparse()" if sparse else ""
    if example.context.pieces:
        lines += ["    for x, slope in zip(tensors, gradient, strict=True):"]
        lines += [f"        x.grad = torch.tensor(slope, dtype=x.dtype, device=x.device){kind}"]
        return [*lines, "    optimizer.step()"]
    lines += [f"    x.grad = torch.tensor({slope}, dtype=x.dtype, device=x.device){kind}"]
    lines += [f"    other.grad = torch.ones_like(other){kind}"] if _others(example) else []
    return [*lines, "    optimizer.step()"]


def _held(example: Counterexample, name: str, value: object) -> str:
    return (
        f"torch.tensor({_number(value)})"
        if name in (example.tensor, "lr") and example.tensor
        else _number(value)
    )


def _number(value: object) -> str:
    """A value as Python reads it back; NaN and the infinities have no literal."""
    if isinstance(value, list):
        return f"[{', '.join(map(_number, value))}]"
    finite = not isinstance(value, float) or value - value == 0
    return repr(value) if finite else f'float("{value}")'
