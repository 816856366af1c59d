"""Patterns: whole texts, linear time, refused when made."""

import re
import time

import pytest
import re2
from hypothesis import given
from hypothesis import strategies as st

from shared.directory.errors import Refused
from shared.policy.entitlement.patterns import LENGTH_LIMIT, Pattern, literals, quoted

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


PIECES = ["a", "b", "k", "S", "/", " ", "#", "\n", "é", "\u212a", "\u017f", "-", ".*", ".*", ".*", "^", "$"]
PIECES += [re.escape(sign) for sign in "!\"#$%&'()*+,-./:;<=>?@[\\]^`{|}~"] + ["\\_", "\\a", "\\d", "."]
TEXTS = st.text("abkKsS/ #-.é\u017f\u212a\n\ud800$^", max_size=6)


def near(pattern):
    """Texts that a pattern might match."""
    between = st.text("abks/é\n", max_size=2)
    unescaped = pattern.replace("\\", "").removeprefix("^").removesuffix("$")
    return st.lists(between, min_size=9, max_size=9).map(
        lambda some: "".join(
            piece + filling
            for piece, filling in zip(unescaped.split(".*"), [*some, *[""] * 99], strict=False)
        )
    )


@given(st.lists(st.sampled_from(PIECES), max_size=6).map("".join), st.booleans(), st.data())
def test_a_pattern_of_literals_matches_as_its_program_does(pattern, folded, data):
    ours, options = Pattern(pattern, folded=folded), re2.Options()
    options.case_sensitive = not folded
    program = re2.compile(pattern.encode(), options)
    for text in data.draw(st.lists(TEXTS | near(pattern), min_size=5, max_size=10)):
        for given_text in (text, text.swapcase() if text.isascii() else text):
            expected = program.fullmatch(given_text.encode(errors="surrogatepass")) is not None
            assert ours.matches(given_text) is expected


@pytest.mark.parametrize(
    ("pattern", "text", "folded"),
    [
        ("ab.*ba", "aba", False),
        ("ab.*ba", "abba", False),
        (".*a.*a.*", "a", False),
        (".*a.*a.*", "aa", False),
        (".*aba.*bab.*", "abab", False),
        (".*", "a\nb", False),
        ("a\n.*", "a\nb", False),
        ("a.*", "aé", False),
        ("a.*", "a\ud800", False),
        ("S.*", "\u017f!", True),
        (".*K", "!\u212a", True),
        ("\u212a", "k", True),
        ("\u017f", "s", True),
        ("\u212a.*", "k", True),
        ("É.*", "é", True),
    ],
)
def test_a_corner_of_literals_is_as_its_program_has_it(pattern, text, folded):
    ours = Pattern(pattern, folded=folded)
    assert ours.matches(text) is ours._runs(text)


@pytest.mark.parametrize(
    ("pattern", "pieces"),
    [
        ("", ("",)),
        ("^/products/.*", ("/products/", "")),
        (".*", ("", "")),
        ("^node.*$", ("node", "")),
        (r"a\.b", ("a.b",)),
        ("/.*/archive/.*", ("/", "/archive/", "")),
        (r"a\$", ("a$",)),
        ("a.", None),
        ("a*", None),
        (".*?", None),
        ("a^", None),
        ("$a", None),
        ("a|b", None),
        (r"\d", None),
        ("(?i)a", None),
    ],
)
def test_what_stands_between_gaps_is_found(pattern, pieces):
    assert literals(pattern) == pieces


@given(st.sampled_from(["a", "^a", "b$", "a|^$", "[ab]c?", "(?i)B", "."]), st.text("abcB\n", max_size=8))
def test_a_pattern_is_found_in_a_text_as_it_is_elsewhere(pattern, text):
    assert Pattern(pattern).found_in(text) is (re2.search(pattern, text) is not None)
    folded = [Pattern(pattern, folded=True).found_in(each) for each in (text.upper(), text.lower())]
    assert folded[0] is folded[1]


def test_a_pattern_that_repeats_more_costs_more():
    costs = [Pattern(pattern).cost for pattern in ("a", "a{9}", "a{99}", ".{99}")]
    assert costs == sorted(set(costs))
