"""Adam with moments in 8 bits (arXiv:2110.02861)."""

from typing import Literal

from sympy import Expr, Piecewise, Symbol

from lawful.verify.language.decay import l2_gradient
from lawful.verify.language.domain import Domain
from lawful.verify.language.family import Words, family
from lawful.verify.language.rule import Rule, Source
from lawful.verify.language.symbols import beta1, beta2, g, lr, m, t, v, weight_decay, x
from lawful.verify.language.tensors import In8Bits, In32Bits, n
from lawful.verify.rules.adam import DEFAULTS, denominator

smallest = Symbol("min_8bit_size", integer=True, nonnegative=True)
block_size = Symbol("block_size", integer=True, nonnegative=True)

DOMAINS = {smallest: Domain((1, 4096), chosen=True), block_size: Domain((64, 256, 16), chosen=True)}
G, M, V = Symbol("g_t"), Symbol("m_hat"), Symbol("v_hat")


WORDS: Words = {
    "bits": {8: "moments in 8 bits", 32: "moments in 32 bits"},
    "decay": {"l2": "decay added to the gradient (L2)", "after": "decay of the updated weight"},
}


@family(spellings={"bits": {"optim_bits": {8: 8, 32: 32}}}, words=WORDS)
def adam8bit(*, bits: Literal[8, 32] = 8, decay: Literal["l2", "after"] = "l2") -> Rule:
    """Adam whose moments are kept in 8 bits, in tensors of `min_8bit_size` elements and more; others in 32.

    A constructor that says nothing of `min_8bit_size` keeps all in 8 bits; of `block_size`, blocks of any size. L2 as
    Adam; bitsandbytes' CUDA kernels shrink the new weight instead (`decay="after"`), those for the CPU the old one, its
    classes Adam and AdamW alike, and its class Adam8bit is `bits=8` though its argument says 32.
    """

    def kept(moment: Expr) -> Expr:
        if bits == 32:
            return In32Bits(moment)
        return Piecewise((In32Bits(moment), n < smallest), (In8Bits(moment, block_size), True))

    g_t = l2_gradient() if decay == "l2" else g
    m_t = kept(beta1 * m + (1 - beta1) * g_t)
    v_t = kept(beta2 * v + (1 - beta2) * g_t**2)
    m_hat, v_hat = m_t / (1 - beta1**t), v_t / (1 - beta2**t)
    new = x - lr * m_hat / denominator(v_t, 1 - beta2**t, "outside")
    return Rule(
        "adam8bit",
        x=new if decay == "l2" else new * (1 - lr * weight_decay),
        state={m: m_t, v: v_t},
        defaults={**DEFAULTS, weight_decay: 0.0, smallest: 0, block_size: 0},
        domains=DOMAINS,
        source=Source(
            "arXiv:2110.02861",
            "§2, Adam with block-wise dynamic quantisation, from memory",
            checked="bitsandbytes-foundation/bitsandbytes@95f9af309d",
        ),
        names={G: g_t, M: m_hat, V: v_hat},
    )
