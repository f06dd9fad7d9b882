"""The bound of a rate in a narrow format is that of the roundings, and no wider; whole quotients are whole."""

from itertools import islice

import torch
from flint import arb

from lawful.properties.schedules.course import course
from lawful.properties.schedules.rounding import Rounded
from lawful.verify.language.schedules import schedules
from lawful.verify.oracle.formats import FORMATS


def test_the_bound_in_a_format_is_no_wider_than_the_roundings() -> None:
    """Of gamma to the k: gamma is rounded, and each product."""
    formula, given = schedules()["exponential"].of({"gamma": 0.9})
    for fmt in (FORMATS[torch.float32], FORMATS[torch.bfloat16]):
        for k, told in enumerate(islice(course(formula, given, 0.125, fmt=fmt), 40)):
            assert told.rate is not None and told.rate.held is fmt
            assert told.rate.error <= ((1 + fmt.unit) ** (2 * k + 1) - 1) * told.rate.value * (1 + 1e-9)


def test_a_number_of_few_bits_is_rounded_to_no_format() -> None:
    narrow = FORMATS[torch.bfloat16]
    assert Rounded(arb(0.75)).into(narrow).error == 0 < Rounded(arb(0.1)).into(narrow).error
    assert Rounded(arb(0.75), 1e-17).into(narrow).error > 0.75 * narrow.unit


def test_a_quotient_of_whole_numbers_that_is_whole_is_one() -> None:
    formula, given = schedules()["step"].of({"step_size": 375, "gamma": 0.1})
    rates = [float(told.rate.value) for told in islice(course(formula, given, 1.0), 376) if told.rate]
    assert rates[374:] == [1.0, 0.1]
