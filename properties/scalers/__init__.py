"""What is asked of scalers of losses: that their scale follows its recursion, and what users rely on besides.

May import: properties, candidates, evidence, oracle, runs, schedules.
"""
