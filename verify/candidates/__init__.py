"""Implementations under test: targets, loading, how arguments map to symbols, their surroundings.

May import: language, optimizers, evidence, errors, package.
"""
