"""A candidate driven through a scenario and held against the oracle.

May import: scenarios, language, theory, oracle, candidates, workers, errors, evidence.
"""
