"""Whether a constructor takes what a translation says: a setting that it refuses is none."""

from collections.abc import Mapping
from typing import Any

import torch

from lawful.properties.runs.running import RaisedError, RefusedError, Run
from lawful.properties.scenarios.scenarios import Scenario, Shapes, expand
from lawful.verify.candidates.candidate import Candidate
from lawful.verify.errors import Unanswerable
from lawful.verify.language.families import find_rule

TENSORS = [(shape, dtype) for dtype in (torch.float64, torch.float32) for shape in ((6, 9), (97,))]
"""One of these some take and others refuse."""


def refuse_unless_built(
    target: str, rule: str, arguments: Mapping[str, Any], setting: Mapping[str, float], said: str
) -> None:
    """Does nothing if the constructor takes the setting, for some tensor.

    Args:
        target: whose constructor.
        rule: that it then follows.
        arguments: beside those of hyperparameters.
        setting: hyperparameter → value; as by default where absent.
        said: what it is to take, in words.

    Raises:
        Unanswerable: it refuses it, and in which words.
    """
    candidate, followed = Candidate.of(target, rule, arguments), find_rule(rule)
    hyper = {s: setting.get(s.name, d) for s, d in followed.defaults.items()}
    path = {name: value for name, value in candidate.plainest.items() if name not in arguments}
    why = ""
    for shape, dtype in TENSORS:
        scenario = Scenario({}, (hyper,), 1, (-1.0, 1.0), seed=0, shapes=Shapes((shape,)))
        try:
            Run(candidate, path, scenario, expand(scenario, dtype))
            return
        except (RefusedError, RaisedError) as error:
            why = why or str(error)
    raise Unanswerable(f"{target} refuses {said}: {why.rstrip('.')}.")
