"""A "no" that follows from another one: only along settings that hold where it was shown, and in their direction."""

from dataclasses import replace

import pytest
from sympy import S

from lawful.verify.language.families import find_rule
from lawful.verify.language.symbols import beta2, eps, lr, weight_decay
from lawful.verify.translation.impossible import Impossible
from lawful.verify.translation.inferred import Known
from lawful.verify.translation.matrix import answers
from lawful.verify.translation.rewriting import in_reals
from lawful.verify.translation.translate import refuted, settings

ADAM, HAT, PAPER = "adam", 'adam(eps="hat")', 'adam(amsgrad="paper")'
PLAIN, NONE = "sgd", 'sgd(decay="none")'


def known(*names: str) -> Known:
    return Known({name: in_reals(find_rule(name)) for name in names})


@pytest.fixture(scope="module")
def none() -> Impossible:
    """That no setting of AMSGrad does what Adam does."""
    found = refuted(find_rule(ADAM), find_rule(PAPER), [])
    assert isinstance(found, Impossible) and found.setting[eps] == 1 and found.setting[beta2] == 0
    return found


def test_what_does_the_same_there_cannot_be_done_either(none: Impossible) -> None:
    """With epsilon's hat, Adam does at beta2 = 0 what it does without."""
    so = known(ADAM, HAT, PAPER)
    assert so.inferred(HAT, PAPER) is None
    so.none[PAPER][ADAM] = none
    assert so.inferred(HAT, PAPER) is None
    so.found[ADAM][HAT] = settings(find_rule(ADAM), find_rule(HAT))
    found = so.inferred(HAT, PAPER)
    assert found and found.of == (ADAM, PAPER) and found.setting[beta2] == 0 and found.setting[eps] == 1
    assert f"{HAT} does the same at lr = 1/2, beta1 = 0, beta2 = 0, eps = 1, wd = 0." in found.lines
    assert so.inferred(PAPER, HAT) is None


def test_not_where_the_setting_does_not_hold(none: Impossible) -> None:
    """Elsewhere the two differ; and what would have to be set outside its domain is no setting."""
    so = known(ADAM, HAT, PAPER)
    so.found[ADAM][HAT] = settings(find_rule(ADAM), find_rule(HAT))
    so.none[PAPER][ADAM] = replace(none, setting={**none.setting, beta2: S.Half})
    assert so.inferred(HAT, PAPER) is None
    so.none[PAPER][ADAM] = none
    so.found[ADAM][HAT] = [replace(f, setting={**f.setting, lr: -lr}) for f in so.found[ADAM][HAT]]
    assert so.inferred(HAT, PAPER) is None


def test_what_does_no_more_than_what_cannot_cannot_either() -> None:
    """SGD can be set to do whatever SGD without decay does, not the other way round."""
    so = known(PLAIN, NONE, "lion")
    (less,) = settings(find_rule(NONE), find_rule(PLAIN))
    shown = refuted(find_rule("lion"), find_rule(PLAIN), [])
    assert isinstance(shown, Impossible) and not (less.zero or less.above or less.needed)
    so.none[PLAIN]["lion"] = shown
    assert so.inferred("lion", NONE) is None
    so.found[NONE][PLAIN] = [less]
    found = so.inferred("lion", NONE)
    assert found and found.of == ("lion", PLAIN) and found.setting == shown.setting
    so.found[NONE][PLAIN] = [replace(less, zero=frozenset({weight_decay}))]
    assert so.inferred("lion", NONE) is None


def test_a_matrix_says_what_follows_from_what() -> None:
    found = list(answers([[ADAM], [HAT], [PAPER]]))
    assert all(a.outcome == "no" and a.witness for a in found) and len(found) == 6
    follows = {(a.first, a.second): a.witness.of for a in found if a.witness and a.witness.of}
    assert follows == {("adam(eps=hat)", "adam(amsgrad=paper)"): (ADAM, PAPER)}
