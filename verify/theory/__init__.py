"""What a law is: kinds of laws, predictions, problems, trials, the ledger of what is commonly said.

May import: language, provers, errors, evidence, package.
"""
