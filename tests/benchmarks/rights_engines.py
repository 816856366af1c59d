"""The same rights in Casbin and in Cedar, nothing stored. For the reader: neither is made for this."""

import importlib.util
import json
import time
from collections.abc import Callable, Sequence

from tests.benchmarks import rights
from tests.benchmarks.report import Line, number
from tests.benchmarks.rights import Question

MODEL = """
[request_definition]
r = sub, obj
[policy_definition]
p = sub, obj, eft
[role_definition]
g = _, _
[policy_effect]
e = priority(p.eft) || deny
[matchers]
m = g(r.sub, p.sub) && regexMatch(r.obj, p.obj)
"""
BATCH = 1_000


def casbin_allows(questions: Sequence[Question]) -> list[bool]:
    """By pycasbin: its first matching line decides, so the lines are turned around."""
    import casbin  # noqa: PLC0415  # of an extra

    enforcer = casbin.Enforcer(casbin.Enforcer.new_model(text=MODEL))
    enforcer.enable_auto_build_role_links(False)
    for each in reversed(rights.lines()):
        enforcer.add_policy(each.holder, rights.regex(each.path) + "$", "allow" if each.grant else "deny")
    for user, groups in {each.user: each.groups for each in questions}.items():
        for group in groups:
            enforcer.add_grouping_policy(user, group)
    enforcer.build_role_links()
    return [enforcer.enforce(each.user, each.path) for each in questions]


def cedar() -> str:
    """As Cedar, where a forbid always wins: the last match is one condition around the other."""
    condition = "false"
    for each in rights.lines():
        match = f'principal in Group::"{each.holder}" && context.path like "{each.path}"'
        condition = f"({match}) || ({condition})" if each.grant else f"!({match}) && ({condition})"
    return f"permit (principal, action, resource) when {{ {condition} }};"


def cedar_allows(questions: Sequence[Question]) -> list[bool]:
    """By cedarpy, in batches, each with its entities."""
    import cedarpy  # noqa: PLC0415  # of an extra

    policies, allowed = cedar(), list[bool]()
    for start in range(0, len(questions), BATCH):
        some = questions[start : start + BATCH]
        entities = [
            {
                "uid": {"type": "User", "id": user},
                "attrs": {},
                "parents": [{"type": "Group", "id": group} for group in groups],
            }
            for user, groups in {each.user: each.groups for each in some}.items()
        ]
        requests = [
            {
                "principal": f"User::{json.dumps(each.user)}",
                "action": 'Action::"read"',
                "resource": 'Node::"a"',
                "context": {"path": each.path},
            }
            for each in some
        ]
        answers = cedarpy.is_authorized_batch(requests, policies, entities)
        allowed += [answer.allowed for answer in answers]
    return allowed


ENGINES: dict[str, tuple[str, Callable[[Sequence[Question]], list[bool]]]] = {
    "cedarpy": ("cedarpy", cedar_allows),
    "pycasbin": ("casbin", casbin_allows),
}


def compare(questions: Sequence[Question], expected: Sequence[bool]) -> list[Line]:
    """Checks per second of each engine that is there; each says what the product says."""
    return [_line(name, questions, list(expected)) for name in ENGINES]


def _line(name: str, questions: Sequence[Question], expected: list[bool]) -> Line:
    what = f"- {name}, one process, nothing stored, {len(questions):,} checks"
    package, allows = ENGINES[name]
    if importlib.util.find_spec(package) is None:
        return Line(what, "not installed: extra `benchmark`")
    started = time.perf_counter()
    allowed = allows(questions)
    taken = time.perf_counter() - started
    assert allowed == expected, name
    return Line(what, f"{number(len(questions) / taken)} checks/s")
