"""The report as JUnit's XML, a test suite per target, for whatever shows the tests of a CI run."""

from xml.etree.ElementTree import Element, SubElement, tostring

from lawful.reports.headline import judged
from lawful.reports.model import Report, Result, Summary
from lawful.reports.telling import in_full
from lawful.reports.words import plain
from lawful.verify.evidence import Verdict


def junit(report: Report) -> bytes:
    """The XML, in UTF-8."""
    suites = Element("testsuites", name="lawful")
    for summary in report.summaries:
        _suite(suites, report, summary)
    written: bytes = tostring(suites, encoding="utf-8", xml_declaration=True)
    return written + b"\n"


def _suite(suites: Element, report: Report, summary: Summary) -> None:
    bad = [result for result in summary.results if result.evidence.counted.exit_code]
    failed = sum(result.evidence.verdict is Verdict.UNLAWFUL for result in bad)
    counted = {"tests": len(summary.results), "failures": failed, "errors": len(bad) - failed}
    named = {"name": _xml(f"{summary.target} {summary.rule}"), "time": f"{summary.seconds:.3f}"}
    suite = SubElement(suites, "testsuite", {**named, **{name: str(n) for name, n in counted.items()}})
    SubElement(SubElement(suite, "properties"), "property", name="judged", value=_xml(judged(report)))
    for result in summary.results:
        _case(suite, report, result)


def _case(suite: Element, report: Report, result: Result) -> None:
    check, evidence = result.check, result.evidence
    case = SubElement(
        suite,
        "testcase",
        {"classname": _xml(check.target), "name": _xml(check.key), "time": f"{evidence.seconds:.3f}"},
    )
    if evidence.known or evidence.verdict is Verdict.NOT_APPLICABLE:
        why = (
            f"accepted: {evidence.known}" if evidence.known else "; ".join(evidence.notes) or "not applicable"
        )
        SubElement(case, "skipped", message=_xml(why))
    elif evidence.counted.exit_code:
        kind = "failure" if evidence.verdict is Verdict.UNLAWFUL else "error"
        said = evidence.findings[0].sentence if evidence.findings else str(evidence.verdict)
        told = SubElement(case, kind, type=str(evidence.verdict), message=_xml(said))
        told.text = _xml(in_full([result], report))


def _xml(text: str) -> str:
    """Text without what XML cannot hold."""
    return "".join(c for c in plain(text) if c in "\t\n" or " " <= c < "\ud800" or "\ue000" <= c < "\ufffe")
