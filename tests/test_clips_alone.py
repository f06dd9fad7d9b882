"""Clips that follow their rule are never refused, those that do not are found; and who is asked what."""

from math import inf
from typing import Any

import pytest
import torch
from torch.nn.utils import clip_grad

import lawful
from examples import clips_alone as own
from examples.pages import blocks, page
from lawful.properties.checks import plan, properties
from lawful.properties.clips.driving import SHAPES, Bench
from lawful.properties.clips.following import follow
from lawful.properties.runs.judging import Tally
from lawful.properties.settings import Settings
from lawful.verify.candidates.clip import ORDERS, Clip
from lawful.verify.candidates.describing import describe, listed
from lawful.verify.candidates.measure import Measure
from lawful.verify.errors import Unanswerable
from lawful.verify.evidence import Verdict
from lawful.verify.language.families import find_rule
from lawful.verify.language.symbols import g

NORM = {"rule": 'clipped(over="parameters")'}
RIGHT_MEASURES: list[tuple[Any, dict[str, Any]]] = [
    (own.whole_norm, NORM),
    (torch.nn.utils.get_total_norm, NORM),
]
WRONG_MEASURES: list[tuple[Any, str, dict[str, Any]]] = [
    (own.sum_of_norms, "total-norm", NORM),
    (own.norm_in_float32, "total-norm", NORM),
    (own.empties, "total-norm", NORM),
    (own.wants_tensors, "norm-of-nothing", NORM),
    (own.finite_part, "norm-says-what-is-not-finite", NORM),
]


@pytest.mark.parametrize(("measure", "how"), RIGHT_MEASURES)
def test_what_measures_rightly_is_not_refused(measure: Any, how: dict[str, Any]) -> None:
    seen = lawful.check(measure, **how)
    assert seen.verdict is Verdict.LAWFUL and not any(e.findings for e in seen.results.values()), repr(seen)


@pytest.mark.parametrize(
    ("measure", "asked", "how"), WRONG_MEASURES, ids=[s.__name__ for s, _, _ in WRONG_MEASURES]
)
def test_what_measures_wrongly_is_found(measure: Any, asked: str, how: dict[str, Any]) -> None:
    seen = lawful.check(measure, properties=[asked], **how)
    assert seen.verdict is Verdict.UNLAWFUL
    for finding in (f for e in seen.results.values() for f in e.findings):
        compile(finding.script, "shown", "exec")


def test_every_question_about_norms_has_a_twin_that_fails_it() -> None:
    assert {n for n, each in properties().items() if each.asks is Measure} == {
        n for _, n, _ in WRONG_MEASURES
    }


ALL = {"rule": 'clipped(over="parameters")'}
TORCHS = {"rule": 'clipped(over="parameters", divisor="norm + 1e-6")'}
EACH = {"rule": "clipped"}
VALUE = {"rule": 'clipped(over="value")', "names": {"max_norm": "bound"}}

RIGHT: list[tuple[Any, dict[str, Any]]] = [
    (own.clip_all, ALL),
    (own.clip_each, EACH),
    (own.clip_elements, VALUE),
    (clip_grad.clip_grad_norm_, {"properties": ("clip", "clip-complex", "clip-sharded")}),
]


@pytest.mark.parametrize(("clip", "asked"), RIGHT, ids=[s.__name__ for s, _ in RIGHT])
def test_what_is_right_is_not_refused(clip: Any, asked: dict[str, Any]) -> None:
    seen = lawful.check(clip, **asked)
    assert seen.verdict is Verdict.LAWFUL and not any(e.findings for e in seen.results.values()), repr(seen)


WRONG: list[tuple[Any, str, dict[str, Any]]] = [
    (own.without_a_root, "clip", ALL),
    (own.lengthens, "clip", ALL),
    (own.gives_back_what_is_left, "clip", ALL),
    (own.skips_the_last, "clip", ALL),
    (own.clip_each, "clip", ALL),
    (own.clip_all, "clip", EACH),
    (own.clip_all, "clip", {"rule": 'clipped(over="value")'}),
    (own.rebinds, "clip-in-place", ALL),
    (own.exhausts, "clip-in-place", ALL),
    (own.wants_some, "clip-nothing", ALL),
    (clip_grad.clip_grad_value_, "clip-nothing", {}),
    (own.hides_what_is_no_number, "clip-says-what-is-not-finite", ALL),
    (own.raises_late, "clip-says-what-is-not-finite", ALL),
    (own.passes_infinity, "clip-bounds-what-is-not-finite", VALUE),
    (own.by_format, "clip-formats", ALL),
    (clip_grad.clip_grad_norm_, "clip-range", {}),
    (clip_grad.clip_grad_norm_, "clip-no-elements", {}),
    (own.squares_complex_numbers, "clip-complex", ALL),
    (own.by_parts, "clip-complex", ALL),
    (own.turns, "clip-complex", ALL),
    (own.by_rank_but_for_two, "clip-sharded", TORCHS),
    (own.by_rank, "clip-sharded", ALL),
    (own.turns_round, "clip-nonsense", VALUE),
    (clip_grad.clip_grad_norm_, "clip-nonsense", {}),
]


@pytest.mark.parametrize(("clip", "asked", "how"), WRONG, ids=[f"{s.__name__}-{p}" for s, p, _ in WRONG])
def test_what_is_wrong_is_found(clip: Any, asked: str, how: dict[str, Any]) -> None:
    seen = lawful.check(clip, properties=[asked], **how)
    assert seen.verdict is Verdict.UNLAWFUL, repr(seen)
    assert all(finding.script for evidence in seen.results.values() for finding in evidence.findings)


def test_every_question_has_a_twin_that_fails_it() -> None:
    assert {name for name, each in properties().items() if each.asks is Clip} == {
        name for _, name, _ in WRONG
    }


APART = [(s, how) for s, name, how in WRONG if name not in ("clip", "clip-nothing", "clip-in-place")]


@pytest.mark.parametrize(("clip", "how"), APART, ids=[s.__name__ for s, _ in APART])
def test_what_breaks_another_promise_still_follows_its_rule(clip: Any, how: dict[str, Any]) -> None:
    assert lawful.check(clip, properties=["clip"], **how).verdict is Verdict.LAWFUL


@pytest.mark.parametrize("order", ORDERS)
@pytest.mark.parametrize("dtype", [torch.float64, torch.float32, torch.bfloat16, torch.float16])
def test_the_norm_of_each_order_is_that_of_one_vector(order: float, dtype: torch.dtype) -> None:
    """The bound holds what torch makes of tensors one by one; of the largest element nothing is rounded."""
    clip = Clip.of("torch.nn.utils:clip_grad_norm_")
    assert isinstance(clip, Clip)
    (values, *_) = clip.settings()
    for seed in range(5):
        generator = torch.Generator().manual_seed(seed)
        slopes = [torch.randn(shape, generator=generator).to(dtype) for shape in SHAPES]
        bench, tally = Bench(clip, values, {}, dtype, order, slopes), Tally()
        assert [*follow(bench, tally)] == []
        exact = torch.linalg.vector_norm(torch.cat([s.reshape(-1) for s in slopes]).double(), order)
        law = bench.norm()
        assert float(torch.as_tensor(law.mid)) == pytest.approx(float(exact), rel=1e-12)
        assert (float(torch.as_tensor(law.radius)) == 0) == (order == inf)


def test_the_rule_is_that_before_an_optimizer() -> None:
    """Alone, the next x is what an optimizer would go on with."""
    alone, before = find_rule('clipped(over="value")'), find_rule('clipped(sgd, over="value")')
    assert before.x == find_rule("sgd").replace({g: alone.x}).x


def test_all_of_torch_s_are_asked() -> None:
    asked = [target.rpartition(":")[2] for target in listed("torch.nn.utils").asked]
    assert asked == ["clip_grad_norm_", "clip_grad_value_", "clip_grads_with_norm_", "get_total_norm"]


def test_a_clip_is_asked_in_every_way_to_run_and_no_question_about_optimizers() -> None:
    checks = plan(describe("torch.nn.utils:clip_grad_norm_"), "", Settings())
    assert {properties()[check.property].asks for check in checks} == {Clip}
    assert {(c.path, c.dtype) for c in checks if c.property == "clip"} == {
        (path, dtype) for path in ("loop", "foreach") for dtype in Settings().dtypes
    }


@pytest.mark.parametrize(
    ("rule", "names", "said"),
    [
        ('clipped(over="value")', {}, 'is not bound to clipped(over="value"): say --name max_norm=ARGUMENT'),
        ('clipped(over="all")', {}, "over is one of 'tensor', 'parameters', 'value'"),
        ("clipped", {"max_norm": "bond"}, "did you mean bound"),
    ],
)
def test_what_cannot_be_asked_is_said(rule: str, names: dict[str, str], said: str) -> None:
    with pytest.raises(Unanswerable) as refusal:
        lawful.check(own.clip_elements, rule, names=names)
    assert said in str(refusal.value) and "\n" not in str(refusal.value)


def test_findings_say_how_to_see_them_with_torch_alone() -> None:
    seen = lawful.check("torch.nn.utils:clip_grad_value_", properties=["clip-nothing"])
    finding = next(finding for evidence in seen.results.values() for finding in evidence.findings)
    with pytest.raises(RuntimeError, match="nested_tensorlist"):
        exec(compile(finding.script, "shown", "exec"), {})


@pytest.mark.skipif(
    not torch.__version__.startswith(("2.13.", "2.14.")), reason="it was found in these releases"
)
@pytest.mark.filterwarnings("ignore")
def test_what_the_page_says_of_torch_is_so() -> None:
    code = "\n".join(blocks(page("clips.md"), "python"))
    assert "clip_grad_norm_" in code
    exec(compile(code, "clips.md", "exec"), {})
