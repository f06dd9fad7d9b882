"""Candidates on problems: where each arrives.

May import: language, provers, theory, candidates, errors, evidence.
"""
