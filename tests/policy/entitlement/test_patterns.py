"""Patterns: whole texts, linear time, refused when made."""

import re
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.directory.errors import Refused
from shared.policy.entitlement.patterns import LENGTH_LIMIT, Pattern, quoted

REFUSED = {
    "(": "missing )",
    "[z-a]": "range",
    "*a": "repetition",
    "(?<!a)b": "look-around",
    "(?=a)a": "look-around",
    r"(a)\1": "escape",
    "x{1001}": "repetition",
    "(a{1000}){1000}": "repetition",
    "a{0,1000}" * 30: "too large",
    ".{1000}": "too costly",
    r"\pL{500}": "too large",
    "a" * (LENGTH_LIMIT + 1): "longer than",
    "\ud800": "surrogate",
}
MATCHED = [
    ("^/products/.*", "/products/sony", True),
    ("^/products", "/products/sony", False),
    ("products", "/products/", False),
    ("^/Services(?:/.*|)", "/Services", True),
    ("^/Services(?:/.*|)", "/Services/1", True),
    ("^/Services(?:/.*|)", "/Services2", False),
    ("a|ab", "ab", True),
    ("", "", True),
    ("", "a", False),
    ("es_ES", "es_es", False),
    ("(?i)es_ES", "es_es", True),
    ("caf.", "café", True),
    ("a.b", "a\nb", False),
    ("a$", "a\n", False),
    ("a", "\ud800", False),
]


@pytest.mark.parametrize(("text", "reason"), REFUSED.items(), ids=range(len(REFUSED)))
def test_what_cannot_run_or_would_cost_too_much_is_refused(text, reason):
    began = time.monotonic()
    with pytest.raises(Refused, match=reason.replace(")", r"\)")):
        Pattern(text)
    assert time.monotonic() - began < 0.5


@pytest.mark.parametrize(("pattern", "text", "expected"), MATCHED)
def test_a_pattern_matches_the_whole_text(pattern, text, expected):
    assert Pattern(pattern).matches(text) is expected


@pytest.mark.parametrize("pattern", ["(a+)+b", "(a|a)*b", "(.*)*x", "[ab]*a[ab]{200}c"])
def test_no_pattern_takes_long(pattern):
    began = time.monotonic()
    assert not Pattern(pattern).matches("a" * 100_000)
    assert time.monotonic() - began < 2


def test_a_folded_pattern_ignores_case():
    assert Pattern("USER://p1/.*", folded=True).matches("user://P1/d")


def test_any_pattern_within_the_length_of_characters_outside_ascii_is_cheap_enough():
    assert Pattern("😀" * LENGTH_LIMIT).matches("😀" * LENGTH_LIMIT)


@given(st.text(max_size=50), st.text(max_size=50))
def test_a_quoted_text_matches_itself_alone(text, other):
    assert Pattern(quoted(text)).matches(text)
    assert Pattern(quoted(text)).matches(other) == (text == other)


ATOMS = ["a", "b", "/", "é", ".", "[ab]", "[^a]", "(?i:A)", r"\.", "^", "$", "(?:)"]
WRAPPED = ["({})", "(?:{})?", "(?:{})*", "(?:{}){{1,2}}", "(?:{})+?"]


def _built(inner):
    joined = st.builds(str.__add__, inner, inner) | st.builds("{}|{}".format, inner, inner)
    return joined | st.builds(str.format, st.sampled_from(WRAPPED), inner)


@given(
    st.recursive(st.sampled_from(ATOMS), _built, max_leaves=8),
    st.lists(st.text("aAbé/.\n", max_size=5), min_size=1, max_size=8),
    st.booleans(),
)
def test_a_pattern_matches_as_it_does_elsewhere(pattern, texts, folded):
    # `$` is the very end here; in Python it may come before a last line feed too.
    elsewhere = re.compile(pattern, re.IGNORECASE if folded else 0)
    ours = Pattern(pattern, folded=folded)
    for text in texts:
        if "$" not in pattern or "\n" not in text:
            assert ours.matches(text) == (elsewhere.fullmatch(text) is not None)
