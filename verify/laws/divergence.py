"""Where Adam walks for ever, without any noise."""

from sympy import Integer, Symbol

from lawful.verify.language.rule import Source
from lawful.verify.language.symbols import beta1, beta2, eps, g, lr, m, v, weight_decay, x
from lawful.verify.provers.claims import n
from lawful.verify.rules.adam import adam
from lawful.verify.theory.inductions import Invariant
from lawful.verify.theory.law import false_if

slope = Symbol("s", positive=True)
steady = adam().replace({eps: 0, weight_decay: 0, g: -slope})

adam_walks_past_every_valley_of_a_wave = Invariant(
    "On gradients that are all −s, Adam with eps = 0 is at n·lr after n steps from 0, whatever β1, β2 < 1 and s > 0. "
    "The wave f(x) = −(s·lr/2π)·sin(2πx/lr) has these gradients there, is bounded and smooth, and Adam never rests.",
    steady,
    {m: -slope * (1 - beta1**n), v: slope**2 * (1 - beta2**n), x: n * lr},
    start={x: Integer(0)},
    source=Source("arXiv:2308.00720", "the phenomenon; the function and the proof are our own"),
    refuses=false_if("without bias correction", rule=adam(bias_correction=False).replace({
        eps: 0, weight_decay: 0, g: -slope,
    })),
)  # fmt: skip
