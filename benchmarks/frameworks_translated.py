"""Optimizers of one framework set as those of another: `python benchmarks/frameworks_translated.py [WORD …]`.

Writes the table of docs/frameworks-translated.md anew, with the pairs in whose names these words are and whose
frameworks are installed here; the others stay as they stand. A line says what `lawful translate` says of the pair, and
how a checkpoint that was carried over went on.
"""

import sys
from collections.abc import Mapping
from pathlib import Path
from pkgutil import resolve_name
from time import process_time
from typing import Any

from lawful.reports.translation_crossed import checkpoint, said_of
from lawful.verify.errors import Unanswerable
from lawful.verify.front.translations import between

PAGE = Path(__file__).parent.parent / "docs" / "frameworks-translated.md"
BEGUN, ENDED = "<!-- pairs -->\n", "<!-- end of pairs -->\n"

RATE, LEARN = {"lr": 0.01}, {"learning_rate": 0.01}
PAIRS: list[tuple[str, Mapping[str, Any], str]] = [
    ("torch.optim:Adam", RATE, "optax:adam"),
    ("optax:adam", LEARN, "torch.optim:Adam"),
    ("keras.optimizers:Adam", {"learning_rate": 1e-3, "epsilon": 1e-7}, "optax:adam"),
    ("torch.optim:AdamW", RATE, "optax:adamw"),
    ("optax:adamw", LEARN, "mlx.optimizers:AdamW"),
    ("paddle.optimizer:AdamW", LEARN, "torch.optim:AdamW"),
    ("torch.optim:AdamW", RATE, "keras.optimizers:AdamW"),
    ("thinc.api:Adam", {"learn_rate": 0.01, "grad_clip": 0.0}, "keras.optimizers:Adam"),
    ("thinc.api:Adam", {"learn_rate": 0.01, "grad_clip": 0.0}, "torch.optim:Adam"),
    ("torch.optim:SGD", {"lr": 0.1, "momentum": 0.9}, "optax:sgd"),
    ("torch.optim:SGD", {"lr": 0.1, "momentum": 0.9}, "keras.optimizers:SGD"),
    ("mlx.optimizers:SGD", {"learning_rate": 0.1, "momentum": 0.9}, "torch.optim:SGD"),
    ("warp.optim:SGD", {"lr": 0.1, "momentum": 0.9}, "optax:sgd"),
    ("torch.optim:RMSprop", RATE, "optax:rmsprop"),
    ("optax:rmsprop", LEARN, "keras.optimizers:RMSprop"),
    ("mlx.optimizers:RMSprop", LEARN, "torch.optim:RMSprop"),
    ("optax:lion", LEARN, "mlx.optimizers:Lion"),
    ("keras.optimizers:Lion", LEARN, "optax:lion"),
    ("torch.optim:Adagrad", RATE, "mlx.optimizers:Adagrad"),
    ("paddle.optimizer:Adagrad", LEARN, "torch.optim:Adagrad"),
    ("river.optim:Adam", RATE, "pennylane:AdamOptimizer"),
    ("numpyro.optim:Adam", {"step_size": 0.01}, "optax:adam"),
    ("optax:nadam", LEARN, "torch.optim:NAdam"),
    ("torch.optim:Adamax", RATE, "optax:adamax"),
    ("warp.optim:Adam", RATE, "torch.optim:Adam"),
    ("torch.optim:RAdam", RATE, "paddle.optimizer:RAdam"),
    ("optax:radam", LEARN, "optimi:RAdam"),
    ("torch.optim:RAdam", RATE, "optax:radam"),
    ("mlx.optimizers:Adafactor", {}, "transformers.optimization:Adafactor"),
    ("torch.optim:Adafactor", RATE, "mlx.optimizers:Adafactor"),
    ("keras.optimizers:Muon", {**LEARN, "adam_beta_1": None}, "torch.optim:Muon"),
    ("torch.optim:Muon", RATE, "keras.optimizers:Muon"),
    ("optax:lamb", LEARN, "torch_optimizer:Lamb"),
    ("optax:lamb", LEARN, "paddle.optimizer:Lamb"),
    ("torch_optimizer:Lamb", RATE, "optax:lamb"),
    ("pytorch_optimizer:NAdam", RATE, "paddle.optimizer:NAdam"),
]


HEAD = "| from | to | answer | a checkpoint | seconds |\n| --- | --- | --- | --- | --- |\n"


class Here:
    """What workers are asked elsewhere, asked in this process, which has the frameworks once they are imported."""

    def __init__(self) -> None:
        """Nothing asked yet."""
        self._known: dict[str, Any] = {}
        self.seconds = 0.0

    def call(self, place: str, *asked: Any, **more: Any) -> Any:
        """The answer, asked once; how long that took is counted."""
        began, key = process_time(), repr((place, asked))
        if key not in self._known:
            self._known[key] = resolve_name(place)(*asked)
        self.seconds += process_time() - began
        return self._known[key]


def main() -> None:
    """Writes the table."""
    here = Here()
    before, _, rest = PAGE.read_text().partition(BEGUN)
    old, _, after = rest.partition(ENDED)
    known = {tuple(row.split(" | ")[:2]): row for row in old.splitlines()[2:]}
    asked = [pair for pair in PAIRS if all(word in f"{pair[0]} {pair[2]}" for word in sys.argv[1:])]
    for first, arguments, second in asked:
        key = f"| {_written(first, arguments)}", f"`{second}`"
        began, here.seconds = process_time(), 0.0
        try:
            answer = between(first, second, arguments, {}, "", 0, 0.0, here)
        except (Unanswerable, ImportError) as error:
            tell(f"{first} to {second}: {error}")
            continue
        known[key] = " | ".join(
            (*key, said_of(answer), checkpoint(answer), f"{process_time() - began - here.seconds:.1f} |")
        )
        rows = "".join(f"{row}\n" for row in known.values())
        PAGE.write_text(f"{before}{BEGUN}{HEAD}{rows}{ENDED}{after}")
        tell(known[key])


def _written(target: str, arguments: Mapping[str, Any]) -> str:
    return f"`{target}`, {', '.join(f'{name}={value}' for name, value in arguments.items())}"


def tell(line: str) -> None:
    """How far it is."""
    print(line, file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()
