"""From a departure to the smallest inputs that show it, and to its cause.

May import: scenarios, runs, identification, language, oracle, candidates, variants, errors, evidence.
"""
