"""What is drawn: hyperparameters, options, groups, schedules, tensors.

May import: evidence, language, candidates.
"""
