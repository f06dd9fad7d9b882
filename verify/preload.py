"""Imported once by the fork server: what every worker needs and what takes long to import."""

import hypothesis
import torch

import lawful.verify.oracle
import lawful.verify.rule

torch.set_num_threads(1)
torch.optim.SGD([torch.zeros(1, requires_grad=True)])  # the first construction imports torch._dynamo
lawful.verify.rule.rules()

LOADED = (hypothesis.__version__, lawful.verify.oracle.__name__)
