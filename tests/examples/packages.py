"""Packages of optimizers for tests, as wheels in a folder that serves as the index: nothing of a network is needed."""

from __future__ import annotations

from pathlib import Path
from zipfile import ZipFile

DECAYED = """
import torch


class Plain(torch.optim.Optimizer):
    def __init__(self, params, lr=1e-2, weight_decay=1e-1):
        super().__init__(params, dict(lr=lr, weight_decay=weight_decay))

    @torch.no_grad()
    def step(self, closure=None):
        with torch.enable_grad():
            loss = closure() if closure else None
        for group in self.param_groups:
            for p in group["params"]:
                if p.grad is not None:
                    {body}
        return loss
"""

RIGHT = "p.mul_(1 - group['lr'] * group['weight_decay']).sub_(group['lr'] * p.grad)"
WRONG = "p.sub_(group['lr'] * p.grad).mul_(1 - group['lr'] * group['weight_decay'])"
"""The decay is of the weight that has moved."""
DYING = "__import__('os')._exit(7)"


def wheel(folder: Path, version: str, body: str, name: str = "decayed", module: str = "") -> Path:
    """A wheel of a package with one optimizer."""
    folder.mkdir(exist_ok=True)
    path, info = folder / f"{name}-{version}-py3-none-any.whl", f"{name}-{version}.dist-info"
    with ZipFile(path, "w") as archive:
        archive.writestr(f"{name}.py", module or DECAYED.format(body=body))
        archive.writestr(f"{info}/METADATA", f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n")
        archive.writestr(f"{info}/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
        archive.writestr(f"{info}/RECORD", "")
    return path
