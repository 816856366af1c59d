"""The report to be read: what it says, and that nobody's text becomes markup in it."""

import itertools
import re

import pytest
from markdown_it import MarkdownIt
from markdown_it.token import Token

from services.cli import render
from services.cli.reports import markdown, markup
from tests.cli import reported
from tests.cli.reported import NAUGHTY, asked, comparison, expectation, finding, reason

PARSER = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"])
SHOWN = {"text", "code_inline", "html_inline", "softbreak"}

WHOLE = """\
## ❌ Gatehouse: does not hold: 1 of 2 expectations broken

`policies.json` for 4 users:

| verdict | users | share |
| --- | ---: | ---: |
| approved | 1 | 25 % |
| blocked | 2 | 50 % |
| error | 1 | 25 % |

### Expectations

|  | expectation | of | broken by |
| --- | --- | ---: | ---: |
| ❌ broken | all are approved | 2 | 1 |
| ✅ holds | `staff gets in`: all are approved | 2 | 0 |

- all are approved: 1 of 2 users breaks it: `ann@acme.example` (blocked)

### What changes

| change | users |
| --- | ---: |
| gained | 0 |
| lost | 2 |
| undecided | 0 |
| unchanged | 2 |

| users | before | after |
| ---: | --- | --- |
| 2 | approved: Was `so`. | blocked: Is not. |

### Why

| users | verdict | why |
| ---: | --- | --- |
| 2 | blocked | Kept out by policy 1, `Staff`: addresses of `acme.example`. |

### Findings

| level | where | what |
| --- | --- | --- |
| warning | `/policies/0/include/0` | Policy 1, `Staff`, is odd. Correct it. (`list_empty`) |
"""


def flat(text: str) -> list[Token]:
    tokens = PARSER.parse(text)
    return [each for token in tokens for each in (token, *(token.children or ()))]


def cells(text: str) -> list[list[str]]:
    """The rows of all tables, as they are read."""
    rows = list[list[str]]()
    for before, token in itertools.pairwise(PARSER.parse(text)):
        if before.type == "tr_open":
            rows.append([])
        if before.type in ("td_open", "th_open"):
            pieces = (each.content for each in token.children or () if each.type in ("text", "code_inline"))
            rows[-1].append("".join(pieces))
    return rows


def test_a_report_says_whether_it_holds_what_changes_and_why():
    report = reported.of(
        reasons=[reason("Kept out by policy 1, `Staff`: addresses of `acme.example`.")],
        comparison=comparison(),
        expectations=[
            expectation(name="staff gets in"),
            expectation(index=1, holds=False, broken=1, users=[reported.USER]),
        ],
        findings=[finding()],
    )
    assert markdown.text(report, asked()) == WHOLE


@pytest.mark.parametrize(
    ("parts", "said"),
    [
        ({}, "✅ Gatehouse: complete, nothing was expected"),
        ({"expectations": [expectation()]}, "✅ Gatehouse: holds: 1 expectation"),
        (
            {"expectations": [expectation(holds=None, problem="the base is gone")]},
            "⚠️ Gatehouse: does not hold: 1 of 1 expectation open",
        ),
        (
            {"test": {"status": "exceeded time", "percent_users_processed": 40}},
            "❌ Gatehouse: the time ran out when 40 % of 4 users were decided",
        ),
        (
            {"test": {"status": "blocked", "failure": "chunk 3 failed"}},
            "❌ Gatehouse: the test could not run: chunk 3 failed",
        ),
    ],
)
def test_the_headline_is_the_verdict(parts: dict, said: str):
    assert markdown.text(reported.of(**parts), asked()).startswith(f"## {said}\n")


def test_where_a_change_comes_from_has_columns_of_its_own():
    causes = {"directory": reported.NUMBERS, "policies": reported.NUMBERS | {"lost": 0}}
    shown = markdown.text(reported.of(comparison=comparison(causes=causes)), asked())
    assert ["change", "users", "by the directory", "by the policies"] in cells(shown)
    assert ["lost", "2", "2", "0"] in cells(shown)


def test_what_is_much_is_bounded_and_says_so():
    many = [reason(f"Reason {number}.", key=str(number)) for number in range(300)]
    users = [reported.USER | {"email": f"u{number}@acme.example"} for number in range(100)]
    expected = [
        expectation(index=n, name=f"n{n}", holds=False, broken=9_000, users=users) for n in range(100)
    ]
    shown = markdown.text(reported.of(reasons=many, expectations=expected), asked())
    assert "\nAnd 280 more.\n" in shown
    assert "8,995 more" in shown
    assert "u5@" not in shown
    assert len(shown) < 60_000


def test_the_same_report_is_the_same_text_whatever_the_order_of_what_has_none():
    rows = [reason(f"Reason {number}.", key=str(number)) for number in range(5)]
    one, other = (markdown.text(reported.of(reasons=some), asked()) for some in (rows, rows[::-1]))
    assert one == other


@pytest.mark.parametrize("text", NAUGHTY)
def test_nobodys_text_is_markup(text: str):
    shown = markdown.text(reported.naughty(text), asked(file=f"{text}.json"))
    inline = [token for token in flat(shown) if token.type not in SHOWN and token.nesting == 0]
    assert {token.type for token in inline} <= {"inline"}
    assert {token.type for token in flat(shown) if token.type.endswith("_open")} <= {
        *("heading_open", "paragraph_open", "table_open", "thead_open", "tbody_open", "tr_open"),
        *("th_open", "td_open", "bullet_list_open", "list_item_open"),
    }
    tags = {token.content for token in flat(shown) if token.type == "html_inline"}
    assert tags <= {"<code>", "</code>"}
    assert {len(row) for row in cells(shown)} <= {2, 3, 4}
    assert len(cells(shown)) == 4 + 3 + 5 + 2 + 2 + 2
    assert "\x1b" not in shown
    assert "\u202e" not in shown


@pytest.mark.parametrize("text", NAUGHTY)
def test_a_name_is_read_as_it_was_written(text: str):
    shown = "".join(
        token.content for token in flat(f"x {markup.code(text)} y") if token.type in ("text", "code_inline")
    )
    assert shown.removeprefix("x ").removesuffix(" y").strip() == render.neutral(text).strip()


@pytest.mark.parametrize("text", NAUGHTY)
def test_no_mention_reference_or_link_is_outside_code(text: str):
    shown = markup.words(f"Let in by {text}, `{text}`.")
    outside = re.sub(r"`[^`]*`|<code>.*?</code>", "", shown)
    assert re.search(r"[@#<>\[\]*_~|\\`]|://|www\.|:\w", outside) is None


def test_long_text_is_cut():
    assert len(markup.code("a" * 10_000)) < 400


def test_users_who_keep_their_verdict_are_only_counted():
    kept = {"from": reason("Let in by `A`.", status="approved"), "count": 30}
    rows = [kept | {"to": reason("Let in by `B`.", status="approved")}, *comparison()["reasons"]]
    text = markdown.text(reported.of(comparison=comparison(reasons=rows)), asked())
    assert "Let in by" not in text
    assert "| 2 | approved: Was `so`. | blocked: Is not. |" in text
    assert "\n\n30 users have the same verdict as before, for another reason.\n" in text


def test_suggestions_are_only_counted():
    rows = [finding(level="suggestion"), finding(level="suggestion"), finding()]
    text = markdown.text(reported.of(findings=rows), asked())
    assert text.count("(`list_empty`)") == 1
    assert text.endswith("|\n\n2 suggestions, to be had by `--json` or `--sarif`.\n")
    alone = markdown.text(reported.of(findings=rows[:1]), asked())
    assert alone.endswith("### Findings\n\n1 suggestion, to be had by `--json` or `--sarif`.\n")


def test_of_whom_an_expectation_may_be_is_said_after_who_breaks_it():
    broken = expectation(holds=False, broken=2, unknown=3, users=[reported.USER, reported.USER])
    text = markdown.text(reported.of(expectations=[broken]), asked())
    assert (
        "2 of 2 users break it: `ann@acme.example` (blocked), `ann@acme.example` (blocked); of 3 more" in text
    )
