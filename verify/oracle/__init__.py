"""From a rule to numbers: value and error budget, and a second oracle that confirms.

May import: language, package.
"""
