"""A counterexample as a script that needs torch and the implementation, and nothing of ours.

It runs the failing lane alone, in a tensor of one element, or, where the rule looks at whole tensors, the whole tensor
alone. What depends on other lanes or tensors does not show there; the script's last line says what was seen.
"""

from lawful.verify.candidate import Description
from lawful.verify.evidence import Check, Counterexample
from lawful.verify.rule import find_rule


def script(check: Check, example: Counterexample, target: Description | None = None) -> str:
    """The script's source. `target` says where a bundled implementation comes from."""
    whole = example.context
    lines = [
        "import torch",
        *_imported(check, target),
        "",
        f"x = torch.tensor({_number(whole.x0)}, dtype=torch.{check.dtype}, device={check.device!r})",
        *([] if example.constructor.get("differentiable") else ["x.requires_grad_()"]),
        f"optimizer = {_class(check, target)}([x]{_arguments(example)})",
        *_steps(example, find_rule(check.rule).sparse),
        "",
        f'print("step", step, "gives", x.flatten()[{whole.lane}].item())',
        f'print("the rule gives", {_number(example.expected)}, "give or take", {_number(example.budget)})',
        f'print("among {"other tensors" if example.whole else "other lanes"} it was", {_number(example.seen)})',
    ]
    return "\n".join(lines) + "\n"


def _class(check: Check, target: Description | None) -> str:
    return check.target.rpartition(":")[2] if ":" in check.target else target.name if target else check.target


def _imported(check: Check, target: Description | None) -> list[str]:
    place, name = check.target.rpartition(":")[0], _class(check, target)
    if place.endswith(".py"):
        return ["from runpy import run_path", "", f"{name} = run_path({place!r})[{name!r}]"]
    module = place or (target.module if target else "lawful.optimizers")
    return [f"from {module} import {name}"]


def _arguments(example: Counterexample) -> str:
    """The constructor's arguments, after the parameters."""
    return "".join(f", {name}={_number(value)}" for name, value in example.constructor.items())


def _steps(example: Counterexample, sparse: bool) -> list[str]:
    lines = [f"for step, gradient in enumerate({_number(example.context.gradients)}, 1):"]
    for step, changes in example.schedule.items():
        lines += [f"    if step == {step}:", "        for group in optimizer.param_groups:"]
        lines += [f"            group[{name!r}] = {_number(value)}" for name, value in changes.items()]
    kind = ".to_sparse()" if sparse else ""
    refilled = f"    x.grad = torch.tensor(gradient, dtype=x.dtype, device=x.device){kind}"
    return [*lines, refilled, "    optimizer.step()"]


def _number(value: object) -> str:
    """A value as Python reads it back; NaN and the infinities have no literal."""
    if isinstance(value, list):
        return f"[{', '.join(map(_number, value))}]"
    finite = not isinstance(value, float) or value - value == 0
    return repr(value) if finite else f'float("{value}")'
