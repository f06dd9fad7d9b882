"""What is asked of clips: that they shorten gradients as their rule says, and what users rely on besides.

May import: candidates, evidence, oracle, properties, runs.
"""
