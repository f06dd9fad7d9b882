"""The kinds of expressions: each module says how its own are compiled; all that are here are found."""
