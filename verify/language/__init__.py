"""What a rule is: symbols, domains, functions of tensors, rules and their families, what a rule remembers.

May import: errors, package.
"""
