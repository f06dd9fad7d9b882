"""How a constructor's arguments are matched with a rule's hyperparameters and conventions."""

from collections.abc import Callable
from typing import Any

import pytest
import torch

from lawful.verify.candidates.candidate import Candidate
from lawful.verify.language.symbols import beta1, beta2_decay, dampening, eps1, lr


class Anything(torch.optim.Optimizer):
    """An optimizer of which only the constructor is looked at."""

    def step(self, closure: Any = None) -> Any:
        """Never called."""


class Lion(Anything):
    """Its flag makes decay independent of lr; it does not choose between L2 and decoupled decay."""

    def __init__(self, params: Any, lr: float = 1e-4, decoupled_weight_decay: bool = False) -> None:
        """See the class."""


class DampedSGD(Anything):
    """Dampening is a switch here, not a number."""

    def __init__(self, params: Any, lr: float, momentum: float = 0, dampening: bool = False) -> None:
        """See the class."""


class ADOPT(Anything):
    """With the authors' clipping function, and decay that may be independent of lr."""

    def __init__(
        self,
        params: Any,
        lr: float = 1e-3,
        clip_lambda: Callable[[int], float] | None = abs,
        weight_decouple: bool = False,
        fixed_decay: bool = False,
    ) -> None:
        """See the class."""


@pytest.mark.parametrize("value", [False, True])
def test_a_fixed_argument_decides_its_option(value: bool) -> None:
    candidate = Candidate.of(torch.optim.Adam, "adamw", {"decoupled_weight_decay": value})
    assert candidate.options.choices("decouple") == (value,)
    assert candidate.options.choices("maximize") == (False, True)


def test_a_claimed_convention_goes_before_a_fixed_argument() -> None:
    candidate = Candidate.of(torch.optim.Adam, "adamw(decouple=True)", {"decoupled_weight_decay": False})
    assert candidate.options.choices("decouple") == (True,)


@pytest.mark.parametrize(("clip", "choice"), [(None, "none"), (max, "t^(1/4)")])
def test_a_fixed_argument_decides_an_option_that_is_spelled(clip: Any, choice: str) -> None:
    assert Candidate.of(ADOPT, "adopt", {"clip_lambda": clip}).options.choices("clip") == (choice,)
    assert Candidate.of(ADOPT, "adopt").options.choices("clip") == ("t^(1/4)", "none")


def test_none_is_tried_only_where_it_is_offered() -> None:
    class Always(ADOPT):
        def __init__(self, params: Any, lr: float = 1e-3, clip_lambda: Callable[[int], float] = abs) -> None:
            """See the class."""

    assert Candidate.of(Always, "adopt").options.choices("clip") == ("t^(1/4)",)


def test_adopt_knows_decay_that_does_not_scale_with_lr() -> None:
    assert Candidate.of(ADOPT, "adopt").options.names["decay"] == "fixed_decay"


def test_a_switch_is_no_hyperparameter() -> None:
    assert dampening not in Candidate.of(DampedSGD, "sgd").binding.names
    assert dampening in Candidate.of(torch.optim.SGD, "sgd").binding.names


def test_decoupled_weight_decay_is_not_what_decouples_lion() -> None:
    candidate = Candidate.of(Lion)
    assert "decouple" not in candidate.options.names
    assert candidate.unexplored == ["decoupled_weight_decay"]


def test_a_fixed_hyperparameter_is_not_varied_but_follows_a_schedule() -> None:
    candidate = Candidate.of(torch.optim.SGD, "sgd", {"lr": 0.5})
    assert lr not in candidate.binding.free
    assert candidate.binding.default(lr) == 0.5
    assert candidate.binding.group({s: 0.25 for s in candidate.binding.names})["lr"] == 0.25


def test_fixed_betas_keep_their_values() -> None:
    candidate = Candidate.of(torch.optim.Adam, "adam", {"betas": (0.8, 0.95)})
    assert beta1 not in candidate.binding.free
    assert candidate.binding.default(beta1) == 0.8


def test_a_number_that_a_hyperparameter_can_never_be_is_something_else() -> None:
    class Positive(torch.optim.Optimizer):
        def __init__(self, params: Any, lr: float = 1e-3, decay_rate: float = 0.8) -> None:
            super().__init__(params, {"lr": lr})

    class Negative(Positive):
        def __init__(self, params: Any, lr: float = 1e-3, decay_rate: float = -0.8) -> None:
            super().__init__(params, lr)

    assert beta2_decay not in Candidate.of(Positive, "adafactor").binding.names
    assert Candidate.of(Negative, "adafactor").binding.names[beta2_decay] == "decay_rate"


def test_one_number_is_no_tuple() -> None:
    class One(torch.optim.Optimizer):
        def __init__(self, params: Any, lr: float = 1e-3, eps: float = 1e-30) -> None:
            super().__init__(params, {"lr": lr})

    assert Candidate.of(torch.optim.Adafactor, "adafactor").binding.names[eps1] == "eps"
    assert eps1 not in Candidate.of(One, "adafactor").binding.names
    assert Candidate.of(One, "adafactor", names={"eps1": "eps"}).binding.default(eps1) == 1e-30
