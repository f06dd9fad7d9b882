"""What is asked of functions that divide a model's parameters: which of them decay, and whether all are there, once.

May import: candidates, evidence, language, properties.
"""
