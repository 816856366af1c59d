"""Reports as a gateway would answer them, to be put into each form."""

import json
from typing import Any

from msgspec import Raw

from services.cli import report
from services.cli.report import Parts, Report
from services.cli.submission import Submission, Written

TEST = {
    "id": "2f6d",
    "status": "complete",
    "total_users": 4,
    "percent_users_processed": 100,
    "users_approved": 1,
    "users_blocked": 2,
    "users_errored": 1,
    "percent_approved": 25,
    "percent_blocked": 50,
    "percent_errored": 25,
}
USER = {"id": "u1", "email": "ann@acme.example", "name": "Ann", "status": "blocked", "reason": "not_met"}
NUMBERS = {"gained": 0, "lost": 2, "undecided": 0, "decided": 0, "unchanged": 2, "joined": 0, "left": 0}
# Whatever a form has as markup, and what a terminal obeys.
NAUGHTY = (
    "a | b || c \\| d",
    "tick ` tock `` tack",
    "two\nlines\r\nand a\ttab",
    "]]> <![CDATA[ &amp; &lt; \"'",
    "<script>alert(1)</script><!-- -->",
    "@mention and org/repo#1 and #2 and :smile:",
    "\u202etxt.exe\u2066",
    "\x1b[31mred\x1b[0m\x00\x07",
    "![i](https://a.example/x.png) [l](javascript:alert(1)) <https://a.example>",
    "{0} {{x}} ${{ secrets.X }} %s",
    "**bold** _it_ ~~no~~ # head",
    "\ufffe\uffff\x0b\x0c\x85\u2028",
    "`@mention`",
    "\\",
    " ",
    "www.a.example https://a.example mailto:a@a.example",
    "Zoë 山田 👩\u200d🚀",
    "=cmd|'/c calc'!A1",
)


def reason(sentence: str, **others: Any) -> dict[str, Any]:
    return {"key": "k", "status": "blocked", "sentence": sentence, "count": 2, **others}


def expectation(**others: Any) -> dict[str, Any]:
    row = {"index": 0, "expected": "all are approved", "holds": True, "selected": 2, "broken": 0}
    return {**row, **others}


def finding(**others: Any) -> dict[str, Any]:
    named = {"index": 0, "name": "Staff"}
    row = {"code": "list_empty", "level": "warning", "pointer": "/policies/0/include/0", "policy": named}
    return {**row, "sentence": "Policy 1, `Staff`, is odd.", "suggestion": "correct it", **others}


def comparison(**others: Any) -> dict[str, Any]:
    moved = [{"from": reason("Was `so`.", status="approved"), "to": reason("Is not."), "count": 2}]
    return {**NUMBERS, "transitions": [], "reasons": moved, "causes": None, **others}


def of(**parts: Any) -> Report:
    """A report of these parts; the members of the test are laid over those of a complete one."""
    test = {**TEST, **parts.pop("test", {})}
    raw = {name: Raw(json.dumps(part).encode()) for name, part in {"test": test, **parts}.items()}
    return report.of(Parts(**raw))


def naughty(text: str) -> Report:
    """A report in which a text is everywhere where somebody can write one."""
    named = {"index": 0, "name": text}
    who = USER | {"email": text, "name": text, "reason": text, "rule": text}
    broken = {"holds": False, "broken": 3, "users": [who], "absent": [text]}
    return of(
        test={"failure": text},
        reasons=[reason(f"Let in by policy 1, `{text}`: {text}.", status=text)],
        comparison=comparison(
            reasons=[{"from": reason(text, status=text), "to": reason(f"`{text}`"), "count": 1}]
        ),
        expectations=[
            expectation(name=text, expected=text, **broken),
            expectation(index=1, name=text, expected=text, holds=None, problem=text),
        ],
        findings=[finding(pointer=f"/groups/{text}", policy=named, sentence=text, suggestion=text)],
        directory={"rows_read": 2, "rows_rejected": 1, "errors": [{"line": 1, "message": text}]},
    )


def asked(text: str = '{"policies": []}', file: str = "conf/policies.json") -> Submission:
    """What was asked in a file with such a text."""
    bare = isinstance(json.loads(text), list)
    own = 0 if bare else len(json.loads(text).get("expectations", ()))
    return Submission(text.encode(), Written(file, text, bare=bare), own=own, expected=own)
