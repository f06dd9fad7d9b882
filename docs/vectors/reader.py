"""AdamW in plain Python, tested against `lawful vectors adamw -o adamw.jsonl`: python reader.py adamw.jsonl"""

import json
import math
import sys


def run(first, gradients, changes, lr, beta1, beta2, eps, weight_decay):
    x, m, v, seen = list(first), [0.0] * len(first), [0.0] * len(first), []
    for t, slopes in enumerate(gradients, 1):
        lr = changes.get(str(t), {}).get("lr", lr)
        for i, g in enumerate(slopes):
            m[i] = beta1 * m[i] + (1 - beta1) * g
            v[i] = beta2 * v[i] + (1 - beta2) * g * g
            root = math.sqrt(v[i] / (1 - beta2**t)) + eps
            x[i] = x[i] - lr * weight_decay * x[i] - lr * (m[i] / (1 - beta1**t)) / root
        seen.append(list(x))
    return seen


def within(seen, vector):
    rows = zip(seen, vector["expected"], vector["budget"]["float64"])
    return all(abs(a - b) <= c for row in rows for a, b, c in zip(*row))


for line in list(open(sys.argv[1]))[1:]:
    vector = json.loads(line)
    seen = run(vector["first"], vector["gradients"], vector["set"], **vector["hyperparameters"])
    blind = [w["what"] for w in vector["wrong"] if "float64" in w["formats"] and within(w["values"], vector)]
    print("ok" if within(seen, vector) and not blind else f"NOT OK {blind}", vector["name"])
