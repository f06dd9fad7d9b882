"""Imported once by the fork server: what every worker needs and what takes long to import."""

import gc
import importlib

from hypothesis import Phase, given, settings
from hypothesis.strategies import none

gc.disable()  # hardly anything that an import makes is garbage: to look for it takes a fifth of the time


@settings(database=None, max_examples=1, phases=[Phase.generate])
@given(none())
def _draw(nothing: None) -> None:
    """The first call of Hypothesis searches the whole heap, which is small as yet."""


_draw()

torch = importlib.import_module("torch")
importlib.import_module(
    "torch._dynamo"
)  # else an optimizer's first construction imports it; one here would patch it
importlib.import_module(
    "typer"
)  # multiprocessing runs the main module in every worker again: the command line
importlib.import_module("lawful.properties.checks").properties()
torch.set_num_threads(1)

gc.freeze()  # else each worker's collections go through all of this again, and copy its pages
gc.enable()
