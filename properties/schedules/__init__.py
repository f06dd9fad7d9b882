"""What is asked of schedulers: that they set what their schedule says, and what torch's users rely on besides.

May import: properties, candidates, errors, evidence, language.
"""
