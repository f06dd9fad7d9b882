"""The contract: what users of `torch.optim.Optimizer` rely on beyond the formula.

A check compares the candidate with itself, bit for bit: in a group with others and alone, resumed and uninterrupted,
transposed and contiguous. Where bits differ, both runs may be off the rule by their error budget, and no more.

May import: properties, scenarios, runs, language, oracle, candidates, errors, evidence.
"""
