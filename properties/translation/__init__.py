"""The two sides of a translation, as their constructors say them, and a state carried over from one to the other.

May import: candidates, errors, evidence, identification, language, oracle, runs, scenarios, translation, variants.
"""
