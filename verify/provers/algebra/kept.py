"""Proofs that quantities never become negative: by induction, their next values being sums of what is not."""

from sympy import Add, Dummy, Expr, Max, Symbol, factor

from lawful.verify.language.plain import plain
from lawful.verify.provers.algebra.sign import certificate, moved
from lawful.verify.provers.algebra.unroll import at, cases
from lawful.verify.provers.algebra.vanishing import vanishes
from lawful.verify.provers.claims import Answer, Domain, Kept


def kept(claim: Kept) -> Answer:
    """Whether every gap is not negative at first, and stays so when all are so before a step."""
    parts = [part for name in claim.gaps for part in (_base(claim, name), _step(claim, name))]
    return Answer(all(part.holds for part in parts), [line for part in parts for line in part.lines])


def _base(claim: Kept, name: Symbol) -> Answer:
    starts = {symbol: claim.start.get(symbol, 0) for symbol in claim.state}
    holds = not_negative(at(claim.gaps[name], starts), claim.over)
    return Answer(holds, [f"Base: at first {name} {'≥ 0' if holds else 'is not shown to be ≥ 0'}."])


def _step(claim: Kept, name: Symbol) -> Answer:
    """The next gap is the sum that is given for it, and no term of the sum is negative."""
    because, following = claim.because[name], at(claim.gaps[name], claim.state)
    same = all(vanishes(rest) for _, rest in cases(following - at(because, claim.gaps)))
    holds = same and not_negative(because, claim.over)
    words = "is" if same else "is not shown to be"
    sign = "≥ 0 term by term" if holds else "not shown to be ≥ 0"
    return Answer(holds, [f"Step: the next {name} {words} {plain(because)}, {sign}."])


def not_negative(expr: Expr, over: Domain) -> bool:
    """Whether every term is provably not negative on a domain, in each case."""
    return all(_terms_not_negative(case, over) for _, case in cases(expr))


def _terms_not_negative(expr: Expr, over: Domain) -> bool:
    """A maximum is any of its members, and something that is not negative."""
    top = min(expr.atoms(Max), key=str, default=None)
    if top is not None:
        more = Dummy("more", nonnegative=True)  # of its own: what two maxima add need not be the same
        return any(_terms_not_negative(expr.xreplace({top: member + more}), over) for member in top.args)
    terms = Add.make_args(at(expr, moved(over)))
    return all(factor(term).is_nonnegative for term in terms) or bool(certificate(expr, over, strict=False))
