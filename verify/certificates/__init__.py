"""A third prover: each law as a Coq theorem with its proof, which `coqc` accepts or refuses.

Statements come from the claims' data alone, and share no code with the procedures of the two provers.

May import: errors, language, provers, theory, variants.
"""
