"""L-BFGS, which is no update rule."""

from lawful.verify.language.family import OutOfScope

LBFGS = OutOfScope(
    "LBFGS",
    "is out of scope: it asks a closure for the loss and the gradient at points of its own choice, in several "
    "iterations and a line search, so that its step is no function of one gradient and a state",
)
