"""The record of a run, the report made from it, and its renderers: terminal, JSON, HTML, Markdown."""
