"""The catalogue of what is commonly said, each with the laws that decide it.

May import: laws, theory.
"""
