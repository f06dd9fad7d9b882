"""The checks: what is run on a candidate. Each is a property over what Hypothesis draws; pytest collects them.

May import: the rooms within, language, provers, theory, oracle, candidates, errors, evidence, package.
"""
