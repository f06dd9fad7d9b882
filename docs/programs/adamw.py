"""AdamW of arXiv:1711.05101 in plain Python, as a program that `lawful check --command 'python adamw.py'` can ask."""

import json
import math
import sys

DEFAULTS = {"lr": 1e-3, "betas": [0.9, 0.999], "eps": 1e-8, "weight_decay": 1e-2}
HELLO = {"lawful": 1, "name": "adamw", "arguments": DEFAULTS, "settable": list(DEFAULTS), "saves": True}


def over(a, b):
    """a / b, which Python refuses where b is 0."""
    return a / b if b else a * math.inf


def step(hyper, memory, weights, gradients):
    """One tensor's next weights; `memory` is its own, and is written to."""
    lr, (b1, b2), eps, decay = (hyper[name] for name in DEFAULTS)
    memory["t"] += 1
    c1, c2 = 1 - b1 ** memory["t"], 1 - b2 ** memory["t"]
    m = memory["m"] = [b1 * m + (1 - b1) * g for m, g in zip(memory["m"], gradients)]
    v = memory["v"] = [b2 * v + (1 - b2) * g * g for v, g in zip(memory["v"], gradients)]
    moved = [over(m / c1, math.sqrt(v / c2) + eps) for m, v in zip(m, v)]
    return [x - lr * decay * x - lr * d for x, d in zip(weights, moved)]


def numbers(values):
    """Numbers of what was read: what is not finite comes as text."""
    return values and [float(value) for value in values]


hyper, memory = {}, []
for line in sys.stdin:
    ((asked, said),) = json.loads(line).items()
    answer = {}
    if asked == "lawful":
        answer = HELLO
    elif asked == "begin":
        hyper = {**DEFAULTS, **said["arguments"]}
        memory = [{"t": 0, "m": [0.0] * len(x), "v": [0.0] * len(x)} for x in said["parameters"]]
    elif asked == "set":
        hyper.update(said)
    elif asked == "step":
        each = zip(memory, map(numbers, said["parameters"]), map(numbers, said["gradients"]))
        answer = {"parameters": [x if g is None else step(hyper, m, x, g) for m, x, g in each]}
    elif asked == "save":
        answer = {"hyper": hyper, "memory": memory}
    elif asked == "load":
        hyper, memory = said["hyper"], said["memory"]
    print(json.dumps(answer), flush=True)
