"""Candidates on problems: where each arrives.

May import: runs, language, provers, theory, candidates, errors, evidence.
"""
