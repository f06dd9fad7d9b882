"""Vectors: a rule as data, right values with budgets and wrong ones beside them, for libraries with no Python near.

May import: candidates, encoding, errors, evidence, identification, language, oracle, runs, scenarios, variants.
"""
