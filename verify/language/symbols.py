"""The symbols in which every rule is written, each declared once.

Lanes are scalars, so the parameter `x`, the gradient `g` and the state are scalar symbols here; the oracle evaluates
them on tensors. `t` counts the steps of one parameter from 1.
"""

from sympy import Symbol

from lawful.verify.language.domain import Domain

x = Symbol("x", real=True)
g = Symbol("g", real=True)
t = Symbol("t", integer=True, positive=True)

m = Symbol("m", real=True)
v = Symbol("v", nonnegative=True)
v_max = Symbol("v_max", nonnegative=True)
b = Symbol("b", real=True)
g_avg = Symbol("g_avg", real=True)
x_start = Symbol("x_start", real=True)  # the first weight

lr = Symbol("lr", positive=True)
lr_0 = Symbol("lr_0", positive=True)  # the learning rate that a group begins with
beta1 = Symbol("beta1", nonnegative=True)
beta2 = Symbol("beta2", nonnegative=True)
eps = Symbol("eps", nonnegative=True)
weight_decay = Symbol("weight_decay", nonnegative=True)
momentum = Symbol("momentum", nonnegative=True)
dampening = Symbol("dampening", nonnegative=True)
alpha = Symbol("alpha", nonnegative=True)
trust_coefficient = Symbol("trust_coefficient", positive=True)
beta2_decay = Symbol("beta2_decay", real=True)
beta3 = Symbol("beta3", nonnegative=True)
eps1 = Symbol("eps1", nonnegative=True)
eps2 = Symbol("eps2", nonnegative=True)
d = Symbol("d", positive=True)
clip_threshold = Symbol("clip_threshold", positive=True)

TUPLES = {"betas": (beta1, beta2)}
"""Constructor argument → the hyperparameters that it holds; a rule declares those of its own symbols."""

LATEX = {
    "lr": r"\eta", "lr_0": r"\eta_0", "beta1": r"\beta_1", "beta2": r"\beta_2", "beta3": r"\beta_3",
    "eps": r"\varepsilon", "eps1": r"\varepsilon_1", "eps2": r"\varepsilon_2", "weight_decay": r"\lambda",
    "momentum": r"\mu", "dampening": r"\tau", "alpha": r"\alpha", "v_max": r"v^{\max}", "g_avg": r"\bar g",
    "beta2_decay": r"\gamma", "trust_coefficient": r"\kappa", "clip_threshold": r"d",
    "lr_decay": r"\gamma", "lr_max": r"\eta^{\max}", "lambd": r"\delta", "t0": r"t_0", "ax": r"\bar x",
    "initial_accumulator_value": r"\tau", "momentum_decay": r"\psi", "mu_product": r"\Pi", "mu_next": r"\nu",
    "etaminus": r"\eta_{-}", "etaplus": r"\eta_{+}", "step_size_min": r"s^{\min}", "step_size_max": r"s^{\max}",
    "g_prev": r"\tilde g", "warmup_steps": r"T", "weight_lr_power": r"p", "weight_sum": r"W",
    "la_alpha": r"\alpha", "slow": r"\bar x", "max_norm": r"c", "grokfast_alpha": r"\alpha", "grokfast_lamb": r"\kappa",
    "g_slow": r"\bar g", "ema_decay": r"d", "ema": r"\bar x", "agc_clip": r"\kappa", "agc_eps": r"\varepsilon_c",
    "grad_scale_factor": r"c", "accumulation_steps": r"n", "g_sum": r"G", "adanorm_r": r"\rho", "grad_norm": r"e",
    "min_8bit_size": r"n^{\min}", "block_size": r"B", "u_last": r"\tilde u",
    "ns_a": r"a", "ns_b": r"b", "ns_c": r"c", "ns_steps": r"k",
}  # fmt: skip
"""How a paper writes each symbol that has a longer name in code."""

DOMAINS = {
    lr: Domain((0.05, 0.3, 1e-4, 1e-3, 1e-2, 0.1, 1.0), open_low=True),
    lr_0: Domain((0.05,), open_low=True),
    beta1: Domain((0.5, 0.3, 0.8, 0.9, 0.95, 0.99, 0.0), high=1.0),
    beta2: Domain((0.9, 0.3, 0.5, 0.95, 0.99, 0.999, 0.9999, 0.99999), high=1.0),
    eps: Domain((1e-3, 1e-15, 1e-10, 1e-8, 1e-6, 1e-4, 1e-2, 0.1, 1e-30)),
    weight_decay: Domain((0.3, 0.7, 1e-4, 1e-2, 0.1, 0.0)),
    momentum: Domain((0.5, 0.1, 0.9, 0.99, 0.0)),
    dampening: Domain((0.3, 0.1, 0.5, 0.9, 0.0)),
    alpha: Domain((0.9, 0.1, 0.5, 0.99, 0.999), high=1.0),
}
"""The domain of every hyperparameter that several rules have; a rule declares those of its own symbols. Of a domain's
values the first two are those of a first and a second group in which every term is to show."""
