"""The first prover: algebra on the rules' own expressions, by sympy."""
