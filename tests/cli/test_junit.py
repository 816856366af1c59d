"""The report for whoever counts tests: XML that readers understand, with counts that are right."""

from xml.etree import ElementTree as ET

import pytest

from services.cli.reports import junit
from tests.cli import reported
from tests.cli.reported import NAUGHTY, asked, expectation

EXPECTING = """{"policies": [],
"expectations": [
  {"name": "first",
   "all": "approved"},
  {"none": "error"}, {"none": "error"}]}
"""
# What JUnit's own, and after it everybody's, schema has.
CHILDREN = {
    "testsuites": {"testsuite"},
    "testsuite": {"properties", "testcase"},
    "properties": {"property"},
    "testcase": {"failure", "error"},
}
NEEDED = {
    "testsuites": {"name", "tests", "failures", "errors", "time"},
    "testsuite": {"name", "tests", "failures", "errors", "skipped", "time"},
    "testcase": {"name", "classname", "time"},
    "failure": {"message", "type"},
    "error": {"message", "type"},
    "property": {"name", "value"},
    "properties": set(),
}


def read(text: str) -> ET.Element:
    """The document; with the shape that readers expect, and with counts that are those of what it holds."""
    root = ET.fromstring(text)
    for element in root.iter():
        assert {child.tag for child in element} <= CHILDREN.get(element.tag, set())
        assert set(element.attrib) >= NEEDED[element.tag]
    (suite,) = root
    for counter, path in (("tests", "testcase"), ("failures", "*/failure"), ("errors", "*/error")):
        assert int(suite.attrib[counter]) == int(root.attrib[counter]) == len(suite.findall(path))
    names = [(case.attrib["classname"], case.attrib["name"]) for case in suite.findall("testcase")]
    assert len(set(names)) == len(names)
    return suite


def test_each_expectation_is_a_test():
    report = reported.of(
        expectations=[
            expectation(name="first"),
            expectation(
                index=1,
                holds=False,
                selected=200,
                broken=120,
                users=[reported.USER],
                absent=["bob@acme.example"],
            ),
            expectation(index=2, holds=None, problem="the base is gone"),
        ]
    )
    suite = read(junit.text(report, asked(EXPECTING)))
    first, broken, unsaid = suite.findall("testcase")
    assert [case.attrib["line"] for case in (first, broken, unsaid)] == ["3", "5", "5"]
    assert {case.attrib["file"] for case in (first, broken, unsaid)} == {"conf/policies.json"}
    assert [case.attrib["name"] for case in (first, broken, unsaid)] == [
        *("first: all are approved", "all are approved (2)", "all are approved (3)")
    ]
    assert list(first) == []
    (failure,) = broken
    assert failure.attrib == {
        "message": "all are approved: 120 of 201 users break it",
        "type": "broken",
    }
    assert (failure.text or "").splitlines()[1:] == [
        "ann@acme.example: blocked (not_met)",
        "bob@acme.example: not there",
        "and 118 more",
    ]
    (error,) = unsaid
    assert (error.tag, error.attrib["type"]) == ("error", "open")
    assert "the base is gone" in error.attrib["message"]


@pytest.mark.parametrize(
    ("test", "said"),
    [
        ({"status": "exceeded time", "percent_users_processed": 40}, "40 % of 4 users"),
        ({"status": "blocked", "failure": "chunk 3 failed"}, "chunk 3 failed"),
        ({"status": "blocked", "state": "cancelled"}, "cancelled"),
    ],
)
def test_a_test_that_did_not_complete_is_an_error(test: dict, said: str):
    (error,) = read(junit.text(reported.of(test=test), asked())).findall("testcase/error")
    assert said in error.attrib["message"]


def test_a_suite_is_never_empty():
    (case,) = read(junit.text(reported.of(), asked())).findall("testcase")
    assert list(case) == []


def test_counts_of_users_are_properties_of_the_suite():
    suite = read(junit.text(reported.of(), asked()))
    properties = {each.attrib["name"]: each.attrib["value"] for each in suite.findall("properties/property")}
    assert properties["users_blocked"] == "2"


@pytest.mark.parametrize("text", NAUGHTY)
def test_any_name_can_be_said(text: str):
    written = junit.text(reported.naughty(text), asked(file=f"{text}.json"))
    suite = read(written)
    assert [len(list(case)) for case in suite.findall("testcase")] == [1, 1]
    said = "".join((*suite.itertext(), *(value for each in suite.iter() for value in each.attrib.values())))
    assert not set(said) & set("\x00\x07\x0b\x0c\x1b\x85\u202e\u2028\ufffe\uffff")
    if text.isascii() and text.isprintable() and text.strip():
        assert text in said
    assert written.encode("utf-8")
