"""Rules beside a rule: members of its family, mutants, slips, and whether two are the same.

May import: errors, language, oracle, provers.
"""
