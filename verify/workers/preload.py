"""Imported once by the fork server: what every worker needs and what takes long to import."""

import gc
import importlib

import torch
import torch._dynamo  # the first construction of an optimizer imports it; to construct one would patch its class
import typer  # multiprocessing runs the main module in every worker again, and the command line imports it

torch.set_num_threads(1)
PROPERTIES = importlib.import_module("lawful.properties.checks").properties()
DRAWING = importlib.import_module("lawful.properties.scenarios.drawing")
DRAWING.drawn([], 1, 0)  # the first draw searches the whole heap

LOADED = (typer.__version__, *PROPERTIES)

gc.collect()
gc.freeze()  # else each worker's collections go through all of this again, and copy its pages
