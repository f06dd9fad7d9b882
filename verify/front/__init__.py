"""Where people come in: command line, pytest, Python. It looks up to `properties` and `reports`, lazily.

May import: everything.
"""
