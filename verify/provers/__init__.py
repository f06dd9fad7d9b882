"""Claims as data, and two procedures that share no code: `algebra/` proves, `arithmetic/` checks again.

May import: language, oracle.
"""
