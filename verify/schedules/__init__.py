"""The catalogue of schedules: what a scheduler sets, one file each.

May import: language.
"""
