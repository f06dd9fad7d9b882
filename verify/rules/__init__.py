"""The catalogue of update rules: one file a family.

May import: errors, language, transformations.
"""
