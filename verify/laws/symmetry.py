"""Which changes of the inputs a rule's path follows. Each law is about every rule whose expressions allow it."""

from sympy import Integer, Rational, Symbol

from lawful.verify.language.rule import Source
from lawful.verify.language.symbols import eps, eps1, g, lr, weight_decay, x
from lawful.verify.provers.changes import Cut, Flipped, Permuted, Scaled, Shifted
from lawful.verify.provers.claims import Run
from lawful.verify.rules.adafactor import adafactor
from lawful.verify.rules.adam import adam, adamw
from lawful.verify.rules.lamb import lamb
from lawful.verify.rules.muon import muon
from lawful.verify.rules.radam import radam
from lawful.verify.rules.sgd import sgd
from lawful.verify.theory.law import false_if
from lawful.verify.theory.symmetries import Symmetry
from lawful.verify.theory.theorems import Separation

OWN = Source("lawful", "derived here; the statement is elementary")
SCALE_FREE = Source("arXiv:2202.00089", "scale-freeness; proof and hypotheses are our own")

NO_EPS = (eps, eps1)

gradients_have_a_unit = Symmetry(
    "Gradients times c > 0, and along with them, by powers of c, the hyperparameters that have their unit (eps, and so "
    "on: the proof names them for each rule), leave the path of a rule as it is. So of AdamW, Adam, Lion and every "
    "other rule that the proof lists, whose step is homogeneous of degree 0 in these together; not of SGD.",
    Scaled({x: 0, g: 1, lr: 0}),
    source=OWN,
    refuses=false_if("SGD is one of them", of=[sgd()]),
)

scale_invariance = Symmetry(
    "With eps = 0, gradients times c > 0 leave the path as it is of every rule that the proof lists, AdamW and Lion "
    "among them; for those with L2, such as Adam, if wd is multiplied by c as well, and a first accumulator by its "
    "power of c. Not so of SGD, nor of RAdam, whose first steps are not normalised.",
    Scaled({x: 0, g: 1, lr: 0}, off=NO_EPS),
    source=OWN,
    refuses=false_if("RAdam is one of them, though its first steps are not normalised", of=[radam()]),
)

scale_freeness_without_decay = Symmetry(
    "With eps, weight decay and whatever else has the gradient's unit at 0, the gradient of every coordinate may be "
    "multiplied by a positive number of its own: the path stays, of every rule that the proof lists, Adam and Lion "
    "among them. Not of Muon or Adafactor, which normalise whole tensors, rows or columns.",
    Scaled({x: 0, g: 1, lr: 0}, each=True, off=NO_EPS),
    source=SCALE_FREE,
    refuses=false_if("Muon and Adafactor are of them", of=[muon(), adafactor()]),
)

scale_freeness = Symmetry(
    "With eps = 0 and any weight decay, the gradient of every coordinate may be multiplied by a positive number of its "
    "own: the path stays, of every rule that the proof lists, AdamW and Lion among them, which decay apart from what "
    "they normalise. Not of Adam with L2.",
    Scaled({x: 0, g: 1, lr: 0}, each=True, off=NO_EPS, kept=(weight_decay,)),
    source=SCALE_FREE,
    refuses=false_if("Adam with L2 is one of them", of=[adam()]),
)

_from = {x: Integer(1)}
_values = {eps: 0, weight_decay: Rational(1, 2)}
_once, _scaled, _l2_once, _l2_scaled = (Symbol(name, real=True) for name in ("x_1", "x_c", "y_1", "y_c"))

l2_is_not_scale_free = Separation(
    "With eps = 0, x = 1 and wd = 1/2, the gradient −1/4 and four times as much take AdamW to the same weight, and "
    "Adam with L2 to weights 2·lr apart: scale-freeness tells decay from L2.",
    {_once: _scaled, _l2_scaled - _l2_once: 2 * lr},
    greater={2 * lr: 0},
    runs={
        _once: Run(adamw().replace(_values), 1, x, [Rational(-1, 4)], _from),
        _scaled: Run(adamw().replace(_values), 1, x, [Integer(-1)], _from),
        _l2_once: Run(adam().replace(_values), 1, x, [Rational(-1, 4)], _from),
        _l2_scaled: Run(adam().replace(_values), 1, x, [Integer(-1)], _from),
    },
    source=SCALE_FREE,
    refuses=false_if("Adam with L2 goes to one weight too", equations={_l2_once: _l2_scaled}),
)

sign_symmetry = Symmetry(
    "Turning the signs of some coordinates, of the weight and of its gradients, turns the path's: so of every rule "
    "that the proof lists, as its expressions are odd in weight and gradient, coordinate by coordinate. Not of Muon.",
    Flipped(),
    source=OWN,
    refuses=false_if("Muon is one of them", of=[muon()]),
)

permutation_symmetry = Symmetry(
    "Coordinates in another order, of the weight and of its gradients, have their path in that order: so of every rule "
    "that the proof lists, as it sees a tensor by coordinates or through sums over all of it. Not of Adafactor, which "
    "looks at rows and columns.",
    Permuted(),
    source=OWN,
    refuses=false_if("Adafactor is one of them, though it looks at rows and columns", of=[adafactor()]),
)

shards_are_independent = Symmetry(
    "Some rows of a tensor alone have the path that they have in it: so of every rule that the proof lists, as it "
    "works coordinate by coordinate; such a rule may be sharded in any way. Not of LAMB, which looks at the tensor's "
    "norm.",
    Cut(),
    source=OWN,
    refuses=false_if("LAMB is one of them, though it looks at the tensor's norm", of=[lamb()]),
)

translation_symmetry = Symmetry(
    "Without weight decay, a first weight further by s gives the path further by s, on the same gradients: so of every "
    "rule that the proof lists, as its step does not depend on where the weight is. Not of LAMB, whose step is as long "
    "as the weight.",
    Shifted(off=(weight_decay,)),
    source=OWN,
    refuses=false_if("LAMB is one of them, though its step is as long as the weight", of=[lamb()]),
)

change_of_units = Symmetry(
    "Weights times c, gradients over c, and the hyperparameters times the powers of c of their units make the path "
    "times c: so of every rule whose formulas are consistent in units. lr·c, wd/c, eps/c for AdamW; lr·c, wd/c², eps/c "
    "for Adam with L2; lr·c², wd/c² for SGD.",
    Scaled({x: 1, g: -1}),
    source=OWN,
    refuses=false_if(
        "LAMB is one of them, though it takes the ratio of lengths for 1 where one is 0", of=[lamb()]
    ),
)
