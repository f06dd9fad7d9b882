"""How the optimizers of one framework are written: the words of their constructors, and their ways to run."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from difflib import get_close_matches
from typing import Any

from lawful.verify.candidates.places import imported
from lawful.verify.candidates.protocol import Maker


@dataclass(frozen=True)
class Inputs:
    """What a script runs again.

    Attributes:
        target: as the user wrote it.
        dtype: of the parameters.
        arguments: of the constructor.
        first: the first values of each parameter, as nested lists.
        gradients: of each step, of each parameter, likewise.
        settings: step → arguments that are set before it.
        tensor: the parameter in which the lane is, from 0.
        lane: where it is there.
    """

    target: str
    dtype: str
    arguments: Mapping[str, Any]
    first: list[Any]
    gradients: list[list[Any]]
    settings: Mapping[int, Mapping[str, Any]]
    tensor: int
    lane: tuple[int, ...]

    @property
    def imported(self) -> list[str]:
        """Lines that import the target."""
        return imported(self.target)


@dataclass(frozen=True)
class Rates:
    """How what makes a function of the steps that gives a rate is called.

    Attributes:
        first: its argument for the first rate.
        at: what a function that it made gives after so many steps.
        words: a schedule's word → other words for it.
        dtype: of torch, in which that is computed.
    """

    first: str
    at: Callable[[Any, int], float]
    words: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    dtype: str = "float32"


@dataclass(frozen=True)
class Adapter:
    """What one framework's optimizers have in common.

    Attributes:
        words: hyperparameter or convention → other words that constructors use for it.
        paths: constructor flags that choose a way to run, not a rule.
        plain: those of them that are turned off for the plainest way.
        norms: what constructors call the largest norm of all gradients together, to which they are clipped.
        hints: hyperparameter or convention → words that may mean it, and may not: they are proposed, never taken.
        names: hyperparameter or convention → the word that the user says the constructor has for it.
        roots: the packages in which its optimizers stand, or what they inherit from, or what functions return.
        takes: whether something that is of no framework's package is driven so; None where nothing is.
        maker: what a target is, seen as what makes optimizers of arrays; None for those in the manner of torch's.
        environment: variables that must be there before its packages are imported, where the user has set none.
        name: of the framework.
        extra: of lawful, with which it is installed; "" for none.
        given: how a constructor is given the parameters, as a call is written; "" where it is not.
        script: the lines of a script that runs inputs and leaves the lane's value in `value`, and the step in `step`.
        rates: how what makes a function of the steps is called; None of what makes none.
    """

    words: Mapping[str, tuple[str, ...]]
    paths: tuple[str, ...] = ()
    plain: tuple[str, ...] = ()
    norms: tuple[str, ...] = ()
    hints: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    names: Mapping[str, str] = field(default_factory=dict)
    roots: tuple[str, ...] = ()
    takes: Callable[[Any], bool] | None = None
    maker: Callable[[Any], Maker] | None = None
    environment: Mapping[str, str] = field(default_factory=dict)
    name: str = "torch"
    extra: str = ""
    given: str = ""
    script: Callable[[Inputs], list[str]] | None = None
    rates: Callable[[Any], Rates | None] = field(default=lambda found: None)

    @property
    def torchs(self) -> bool:
        """Whether its optimizers promise what `torch.optim.Optimizer` does."""
        return self.maker is None

    def owns(self, found: Any) -> bool:
        """Whether something that a target names is of this framework."""
        return any(
            f"{origin}.".startswith(tuple(f"{root}." for root in self.roots)) for origin in _origins(found)
        )

    def called(self, word: str) -> tuple[str, ...]:
        """The words for a rule's word, the user's first."""
        own = (self.names[word],) if word in self.names else ()
        return (*own, word, *self.words.get(word, ()))

    def saying(self, names: Mapping[str, str]) -> "Adapter":
        """The adapter with the user's words."""
        return replace(self, names={**self.names, **names})

    def near(self, name: str, words: Iterable[str]) -> str:
        """Which of a rule's words an unknown argument of a constructor may mean, or ""."""
        spelled = {other: word for word in words for other in (*self.called(word), *self.hints.get(word, ()))}
        near = [name] if name in spelled else get_close_matches(name, list(spelled), n=1, cutoff=0.75)
        return spelled[near[0]] if near else ""


def _origins(found: Any) -> Iterator[str]:
    """The modules of a class and of those that it inherits from; of a function, its own and that of what it returns."""
    for each in getattr(found, "__mro__", (found,)):
        yield str(getattr(each, "__module__", None) or "")
    returned = getattr(found, "__annotations__", {}).get("return", "")
    yield returned if isinstance(returned, str) else str(getattr(returned, "__module__", ""))


TORCH = Adapter(
    words={
        "lr": ("learning_rate", "learningrate", "step_size"),
        "decouple": (
            "decoupled_weight_decay",
            "decouple_weight_decay",
            "weight_decouple",
            "decouple_wd",
            "decoupled",
        ),
        "alpha": ("rho", "decay_rate"),
        "momentum": ("beta",),
        "beta2_decay": ("decay_rate",),
        "d": ("clip_threshold",),
        "beta1": ("beta_1",),
        "beta2": ("beta_2",),
        "amsgrad": ("ams_bound",),
        "trust_coefficient": ("trust_coeff",),
        "trust_eps": ("eps",),
        "adanorm_r": ("r",),
        "alpha_warmup": ("t_alpha",),
        "beta3_warmup": ("t_beta3",),
    },
    given="params",
    paths=("foreach", "fused", "capturable", "differentiable"),
    plain=("foreach", "fused"),
    norms=("max_grad_norm", "max_norm", "clip_grad_norm", "grad_clip_norm", "global_clipnorm"),
    hints={
        "lr": ("eta", "rate", "step"),
        "weight_decay": ("decay", "wd", "l2", "l2_reg", "weight_decay_rate", "lambda_", "reg"),
        "momentum": ("mu", "beta", "mom", "momentum_decay", "beta1"),
        "beta1": ("b1", "mu", "beta", "momentum"),
        "beta2": ("b2", "nu", "rho", "alpha"),
        "eps": ("epsilon", "e", "delta"),
        "alpha": ("beta2", "smoothing"),
        "dampening": ("damping", "tau"),
    },
)
"""Classes in the manner of `torch.optim.Optimizer`."""
