"""The symbols in which every rule is written, each declared once.

Lanes are scalars, so the parameter `x`, the gradient `g` and the state are scalar symbols here; the oracle evaluates
them on tensors. `t` counts the steps of one parameter from 1.
"""

from sympy import Symbol

x = Symbol("x", real=True)
g = Symbol("g", real=True)
t = Symbol("t", integer=True, positive=True)

m = Symbol("m", real=True)
v = Symbol("v", nonnegative=True)
v_max = Symbol("v_max", nonnegative=True)
b = Symbol("b", real=True)
g_avg = Symbol("g_avg", real=True)

lr = Symbol("lr", positive=True)
beta1 = Symbol("beta1", nonnegative=True)
beta2 = Symbol("beta2", nonnegative=True)
eps = Symbol("eps", nonnegative=True)
weight_decay = Symbol("weight_decay", nonnegative=True)
momentum = Symbol("momentum", nonnegative=True)
dampening = Symbol("dampening", nonnegative=True)
alpha = Symbol("alpha", nonnegative=True)

LATEX = {
    lr: r"\eta", beta1: r"\beta_1", beta2: r"\beta_2", eps: r"\varepsilon", weight_decay: r"\lambda",
    momentum: r"\mu", dampening: r"\tau", alpha: r"\alpha", v_max: r"v^{\max}", g_avg: r"\bar g",
}  # fmt: skip
"""How a paper writes each symbol that has a longer name in code."""
