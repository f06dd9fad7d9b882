"""What a constructor takes, and what it stands for when nothing is said."""

from itertools import product
from math import isnan
from typing import Any

from lawful.properties.contract.bench import Bench
from lawful.properties.contract.contract import Messages, contract
from lawful.properties.runs.running import CLEAR, is_own
from lawful.verify.errors import first_line, told
from lawful.verify.evidence import Severity
from lawful.verify.language.symbols import TUPLES, lr

MISSPELT = "weight_dacay"

ACCEPTED = "is accepted"

BESIDE = ("weight_decay", "momentum", "eps")
"""What may be refused if negative, by which a constructor shows that it looks at values at all."""


@contract()
def defaults(bench: Bench) -> Messages:
    """Every hyperparameter that is left out is the rule's; another learning rate is told."""
    for symbol, name in bench.candidate.binding.free.items():
        own, documented = bench.candidate.binding.default(symbol), bench.rule.defaults[symbol]
        stated = not isnan(documented) and not bench.rule.domain(symbol).chosen
        if own is not None and own != documented and stated:
            within = f"{symbol} in {name}" if str(symbol) != name else name
            said = f"{within} defaults to {own:g}; the default of {bench.rule} is {documented:g}"
            if symbol == lr:
                bench.notes.append(said)
            else:
                yield said


@contract(severity=Severity.EXTRA)
def nonsense(bench: Bench) -> Messages:
    """A negative learning rate and betas of 1 or more are refused with ValueError by a constructor that refuses any,
    misspelt keywords with TypeError.
    """
    free, usual = bench.candidate.binding.free, bench.usual()
    betas = dict.fromkeys((*TUPLES["betas"], *bench.rule.tuples.get("betas", ())))
    asked = [(s, v) for s, v in ((lr, -0.5), *product(betas, (1.0, 1.5))) if s in free]
    beside = [(s, -0.5) for s in free if s.name in BESIDE]
    said = {
        (s, v): _accepts(bench, ValueError, **bench.candidate.binding.group({**usual, s: v}))
        for s, v in (*asked, *beside)
    }
    looks = any(words != ACCEPTED for words in said.values())
    for (symbol, value), words in ((case, said[case]) for case in asked if said[case]):
        if looks:
            yield f"{symbol} = {value:g} {words}"
        else:
            bench.notes.append(f"{symbol} = {value:g} {words}, as every value is")
    if words := _accepts(bench, TypeError, **{MISSPELT: 0.1}):
        yield f"a misspelt keyword, {MISSPELT}=0.1, {words}"


def _accepts(bench: Bench, expected: type[Exception], **arguments: Any) -> str:
    """What is wrong with how the constructor takes arguments that it should refuse, or ""."""
    scenario = bench.scenario()
    given = {**bench.candidate.arguments_for(scenario.options, scenario.hypers[0]), **bench.path, **arguments}
    parameters = [block.x0.clone().requires_grad_() for block in bench.blocks(scenario)]
    try:
        bench.candidate.cls(parameters, **given)
    except expected:
        return ""
    except Exception as error:
        if not (isinstance(error, CLEAR) or is_own(error)):
            return f"is refused with {told(error)}"
        bench.notes.append(
            f"{first_line(arguments)} is refused with {told(error)}, not with {expected.__name__}"
        )
        return ""
    return ACCEPTED
