"""The ledger of claims: everything in it is decided by something, and nothing else gets in."""

import pytest

from lawful.verify.errors import Unanswerable
from lawful.verify.laws.step_size import published_step_bound_is_false
from lawful.verify.theory.law import laws
from lawful.verify.theory.ledger import Saying, Truth, find_saying, ledger


@pytest.mark.parametrize("name", ledger())
def test_every_claim_is_decided_by_laws_that_exist(name: str) -> None:
    saying = ledger()[name]
    assert set(saying.names) <= laws().keys()
    assert saying.decided_by or saying.truth is Truth.EMPIRICAL
    assert all(place.startswith("https://") for place in saying.said)


def test_a_verdict_that_nothing_decides_is_refused() -> None:
    with pytest.raises(ValueError, match="nothing decides"):
        Saying("Adam is best.", Truth.TRUE, "Everybody says so.")


def test_names_of_claims_are_told_apart() -> None:
    assert published_step_bound_is_false in find_saying("steps-are-bounded-as-published").laws
    with pytest.raises(Unanswerable, match="did you mean adam_combines_momentum_and_rmsprop"):
        find_saying("adam_combines_momentum")


def test_commands_that_show_a_claim_are_commands() -> None:
    commands = {word.split()[1] for saying in ledger().values() for word in saying.seen}
    assert commands <= {"check", "race"}
