"""A state converted, as code: what one optimizer keeps of a parameter, from what another keeps of it."""

from collections.abc import Iterator, Mapping
from typing import Any

from lawful.properties.translation.kept import AFTER, COUNT, Kept
from lawful.verify.language.symbols import x


def code_of(first: Kept, second: Kept, states: Mapping[str, str], setting: Mapping[str, float]) -> str:
    """A function that converts what is kept of one parameter; what has no meaning in the rule is not in it.

    It is given the weight, or how many steps were made, where the second keeps them and the first does not.

    Args:
        first, second: what is kept.
        states: state of the second → what it is in terms of the first's, as Python writes it; itself where absent.
        setting: the first's hyperparameters, which may stand in that.
    """
    made = {
        name: _signed(states.get(s.name, s.name), s in second.negated) for s, name in second.names.items()
    }
    made |= {name: states.get(code, code) for name, code in second.counted.items()}
    wanted = {word for code in made.values() for word in _words(code)}
    known = {**_read(first), **{s: repr(setting[s]) for s in sorted(setting)}}
    lines = [f"    {s} = {code}" for s, code in known.items() if s in wanted]
    lines += [f'    b_state["{name}"] = {code}' for name, code in made.items()]
    given = ", ".join(["a_state", *(s for s in (x.name, COUNT) if s in wanted - known.keys())])
    return "\n".join([f"def convert_state({given}):", "    b_state = {}", *lines, "    return b_state", ""])


def _read(kept: Kept) -> dict[str, str]:
    """What is kept → how it is read."""
    found = {s.name: _signed(f'a_state["{name}"]', s in kept.negated) for s, name in kept.names.items()}
    turned = {
        f"{COUNT}{after}": f" - {n}" if n > 0 else f" + {-n}" if n else "" for after, n in AFTER.items()
    }
    for name, code in kept.counted.items():
        own = COUNT if code in turned else code
        if own.isidentifier():
            found.setdefault(own, f'a_state["{name}"]{turned.get(code, "")}')
    return found


def _signed(code: str, negated: bool) -> str:
    return f"-({code})" if negated else code


def _words(code: str) -> Iterator[str]:
    return iter(compile(code, "", "eval").co_names)


def read(code: str) -> Any:
    """The function that a text defines, which is given what it wants of a state, the weight and the count of steps."""
    import math

    found: dict[str, Any] = {"math": math}
    exec(code, found)
    function = found["convert_state"]
    taken = function.__code__.co_varnames[1 : function.__code__.co_argcount]
    return lambda state, **more: function(state, **{name: more[name] for name in taken})
