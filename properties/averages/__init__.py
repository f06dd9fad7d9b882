"""What is asked of averages of weights and of statistics: that they follow their rule, and what users rely on besides.

May import: candidates, evidence, language, oracle, properties, runs.
"""
