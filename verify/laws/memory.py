"""How much an optimizer's state takes, and the arithmetic of large models."""

from sympy import Integer, Rational, Symbol

from lawful.verify.language.rule import Source
from lawful.verify.language.symbols import momentum
from lawful.verify.language.tensors import cols, rows
from lawful.verify.rules.adafactor import adafactor
from lawful.verify.rules.adagrad import adagrad
from lawful.verify.rules.adam import adam, adamw, amsgrad
from lawful.verify.rules.lion import lion
from lawful.verify.rules.muon import muon
from lawful.verify.rules.nadam import nadam
from lawful.verify.rules.rmsprop import rmsprop
from lawful.verify.rules.sgd import sgd
from lawful.verify.theory.law import false_if
from lawful.verify.theory.symmetries import Resource
from lawful.verify.theory.theorems import Identity

OWN = Source("lawful", "derived here; the statement is elementary")
MIXED = Source("arXiv:1910.02054", "memory of model states")

none, one, two, three = map(Integer, range(4))
_plain_rmsprop = rmsprop().replace({momentum: 0})

state_per_parameter = Resource(
    "For each parameter SGD keeps nothing, with momentum one number, as Lion and Muon; RMSprop and Adagrad keep one; "
    "Adam, AdamW and NAdam two; AMSGrad and centred RMSprop with momentum three; Adafactor of a matrix only 1/rows + "
    "1/cols.",
    {
        "SGD": (sgd().replace({momentum: 0}), none),
        "SGD with momentum": (sgd(), one),
        "Lion": (lion(), one),
        "Muon": (muon(), one),
        "Adagrad": (adagrad(), one),
        "RMSprop": (_plain_rmsprop, one),
        "Adam": (adam(), two),
        "AdamW": (adamw(), two),
        "NAdam": (nadam(), two),
        "AMSGrad": (amsgrad(), three),
        "centred RMSprop with momentum": (rmsprop(centered=True), three),
        "Adafactor": (adafactor(), 1 / rows + 1 / cols),
    },
    source=OWN,
    refuses=false_if("Adam keeps one number", numbers={"Adam": (adam(), one)}),
)

P = Symbol("P", positive=True)
weights, average, square, total = (Symbol(name, positive=True) for name in ("weights", "m", "v", "total"))
_half = {weights: 2 * P, average: 4 * P, square: 4 * P}

adam_of_70_billion_takes_700 = Identity(
    "Of P = 70 billion parameters with 16-bit weights, Adam's m and v in float32 take 560 GB and all three 700 GB: 420 "
    "GB, as is often said, counts one of the two.",
    {average + square: Integer(560), weights + average + square: Integer(700)},
    where={s: e.subs(P, 70) for s, e in _half.items()},
    source=OWN,
    refuses=false_if("420 GB", equations={weights + average + square: Integer(420)}),
)

mixed_precision_takes_16_bytes = Identity(
    "In mixed precision, with 16-bit weights and gradients and float32 master weights, m and v, Adam takes 16 bytes "
    "for each parameter: 1120 GB for 70 billion.",
    {total: 16 * P, total.subs(total, 16 * 70): Integer(1120)},
    where={total: 2 * P + 2 * P + 4 * P + 4 * P + 4 * P},
    source=MIXED,
    refuses=false_if("12 bytes, without the master weights", equations={total: 12 * P}),
)

eight_bit_adam_takes_little_over_2_bytes = Identity(
    "Adam whose two states are stored in 8 bits, with a float32 scale for each block of B, takes 2 + 8/B bytes for "
    "each parameter: 2 + 1/32 for B = 256.",
    {total / P: 2 + 8 / Symbol("B", positive=True)},
    where={total: 2 * P + 2 * 4 * P / Symbol("B", positive=True)},
    source=OWN,
    refuses=false_if("2 bytes", equations={total / P: Rational(2)}),
)
