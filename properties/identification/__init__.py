"""Which rule a candidate really follows, and what the inputs of a check tell apart.

May import: scenarios, runs, language, oracle, candidates, variants, errors.
"""
