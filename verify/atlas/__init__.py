"""The field asked alike: releases of packages, each in an environment of its own, and the ways their questions go out.

May import: encoding, errors, evidence, variants, workers.
"""
