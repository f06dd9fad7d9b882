"""How much an optimizer's state takes, and the arithmetic of large models."""

from sympy import Expr, Integer

from lawful.verify.language.rule import Source
from lawful.verify.language.symbols import momentum
from lawful.verify.language.tensors import cols, rows
from lawful.verify.rules.adafactor import adafactor
from lawful.verify.rules.adagrad import adagrad
from lawful.verify.rules.adam import adam, adamw, amsgrad
from lawful.verify.rules.adam8bit import adam8bit
from lawful.verify.rules.came import came
from lawful.verify.rules.lion import lion
from lawful.verify.rules.muon import muon
from lawful.verify.rules.nadam import nadam
from lawful.verify.rules.rmsprop import rmsprop
from lawful.verify.rules.sgd import sgd
from lawful.verify.theory.law import false_if
from lawful.verify.theory.symmetries import Resource

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

FLOAT = Integer(4)
"""Bytes of a number in float32."""


def numbers(total: Expr, others: Expr) -> Expr:
    """How many float32 numbers a rule keeps for each parameter, of so many bytes with so many that are not state."""
    return (total - others) / FLOAT


adam_of_70_billion_takes_700 = Resource(
    "With 70 billion parameters in 16 bits (140 GB), Adam's two float32 numbers for each take 560 GB, all together 700 "
    "GB: 420 GB, as is often said, is what one number would take.",
    {"Adam, of 700 GB for 70 billion parameters in 16 bits,": (adam(), numbers(Integer(10), Integer(2)))},
    source=OWN,
    refuses=false_if(
        "420 GB in all",
        numbers={"Adam, of 420 GB for 70 billion in 16 bits,": (adam(), numbers(Integer(6), Integer(2)))},
    ),
)

mixed_precision_takes_16_bytes = Resource(
    "In mixed precision, with 16-bit weights and gradients, float32 master weights and float32 state, Adam takes 16 "
    "bytes for each parameter: 12 of them master weights and state, 1120 GB for 70 billion.",
    {"Adam, of 16 bytes in mixed precision,": (adam(), numbers(Integer(16), Integer(2 + 2 + 4)))},
    source=MIXED,
    refuses=false_if(
        "12 bytes in all", numbers={"Adam, of 12 bytes,": (adam(), numbers(Integer(12), Integer(2 + 2 + 4)))}
    ),
)

adam_triples_memory_in_one_format = Resource(
    "Where state has the format of the weights, Adam's state is twice as large as the weights, and both together three "
    "times; SGD with momentum twice. With float32 state beside weights in 16 bits it is four times and five times.",
    {
        "Adam, of 3 times the weights,": (adam(), three - one),
        "SGD with momentum, of twice the weights,": (sgd(), two - one),
        "Adam, of 5 times the 16-bit weights,": (adam(), numbers(5 * two, two)),
    },
    source=OWN,
    refuses=false_if("twice in all", numbers={"Adam, of twice the weights,": (adam(), two - one)}),
)

eight_bit_adam_keeps_two_codes = Resource(
    "Adam in 8 bits keeps two codes for each parameter, of a byte each; with a float32 scale for each of B codes that "
    "is 2 + 8/B bytes: 2 + 1/32 for B = 256, where Adam in float32 takes 8.",
    {"8-bit Adam": (adam8bit(), two)},
    source=Source("arXiv:2110.02861", "§2, block-wise quantisation; the arithmetic is our own"),
    refuses=false_if("one code", numbers={"8-bit Adam": (adam8bit(), one)}),
)

came_keeps_an_average_and_four_factors = Resource(
    "CAME keeps for each parameter of a matrix 1 + 2/rows + 2/cols numbers, its average and the factors of two second "
    "moments: less than Adam's two unless the matrix is small, as 2/rows + 2/cols < 1; of a matrix of 2 by 2, three.",
    {"CAME": (came(), 1 + 2 / rows + 2 / cols)},
    source=Source("arXiv:2307.02047", "Algorithm 2; the count is our own"),
    refuses=false_if("as Adafactor", numbers={"CAME": (came(), 1 / rows + 1 / cols)}),
)
