"""Which parameters decay, as a rule: roles of parameters in a model, and which of them have weight decay.

`decays` is what most mean; `decays(embeddings=False, positions=False)` another one. A parameter with several roles, as
a tied weight has, decays if all of them do.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from lawful.verify.errors import Unanswerable, unknown
from lawful.verify.language.families import parsed
from lawful.verify.language.names import DIVISION

ROLES: Mapping[str, tuple[bool, str]] = {
    "matrices": (
        True,
        "the weights of linear layers and convolutions, and whatever has two dimensions above 1",
    ),
    "embeddings": (True, "the weights of nn.Embedding, positional ones too"),
    "positions": (True, "positional embeddings, and tokens that are learned beside the input"),
    "biases": (False, "what is called a bias, of attention and of relative positions too"),
    "norms": (False, "the parameters of normalisation layers"),
    "vectors": (False, "what has one dimension above 1 or none: gains, scales, temperatures"),
    "exempt": (False, "what the model itself names in no_weight_decay()"),
}
"""Role → whether it decays where nothing else is said, and what has it."""

CLAIMS = ("decay_groups", "param_groups_weight_decay")
"""The functions that are asked without a rule being said."""


@dataclass(frozen=True)
class Division:
    """Which roles decay.

    Attributes:
        said: role → whether it decays, where that is not the default.
    """

    said: Mapping[str, bool] = field(default_factory=dict)

    @property
    def decays(self) -> Mapping[str, bool]:
        """Role → whether it decays."""
        return {**{role: default for role, (default, _) in ROLES.items()}, **self.said}

    def of(self, roles: frozenset[str]) -> bool:
        """Whether a parameter with these roles decays."""
        return all(self.decays[role] for role in roles)

    def __str__(self) -> str:
        """`decays(embeddings=False)`."""
        said = ", ".join(f"{role}={value}" for role, value in self.said.items())
        return f"{DIVISION}({said})" if said else DIVISION


def is_division(spec: str) -> bool:
    """Whether a text says which parameters decay."""
    return spec.partition("(")[0].strip() == DIVISION


def find_division(spec: str) -> Division:
    """The division that a text names.

    Raises:
        Unanswerable: it is none, or has a role that there is not, or a value that is not True or False.
    """
    name, inner, said = parsed(spec)
    if name != DIVISION or inner:
        raise unknown("rule of which parameters decay", name, [DIVISION])
    for role, value in said.items():
        if role not in ROLES:
            raise unknown(f"role in {DIVISION}", role, ROLES)
        if not isinstance(value, bool):
            raise Unanswerable(f"{DIVISION}({role}={value!r}): {role} is True or False.")
    return Division(said)
