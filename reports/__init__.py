"""The record of a run, the report made from it, and its renderers: terminal, JSON, HTML, Markdown.

May import: races, language, theory, translation, candidates, variants, atlas, encoding, errors, evidence.
"""
