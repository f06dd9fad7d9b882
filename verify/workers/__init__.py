"""The processes that run what is judged, and the pool that hands them questions.

May import: encoding, errors.
"""
