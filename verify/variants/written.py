"""Imported by the fork server of those who identify many classes: every rule is written once, for all workers.

That takes four seconds; what a worker then adds for one class takes one.
"""

import gc

from lawful.verify.variants.variants import ranked, variants

gc.disable()
variants(ranked(""))
gc.freeze()  # as `lawful.verify.workers.preload` does
gc.enable()
