"""The catalogue of theorems: one file a theme.

May import: language, rules, transformations, schedules, provers, theory.
"""
