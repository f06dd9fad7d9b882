"""From one rule to another: the setting and the state with which it does the same, or that there is none.

May import: errors, language, oracle, provers, theory, variants.
"""
