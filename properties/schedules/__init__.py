"""What is asked of schedulers: that they set what their schedule says, what torch's users rely on
besides, and which schedule a scheduler follows.

May import: properties, candidates, errors, evidence, language, oracle, variants.
"""
