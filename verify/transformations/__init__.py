"""The catalogue of transformations: from a rule to a rule, one file each.

May import: language, errors.
"""
