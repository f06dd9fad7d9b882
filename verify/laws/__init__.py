"""The catalogue of theorems: one file a theme.

May import: language, rules, provers, theory.
"""
