"""What is checked: policies of roles on paths, in each of the forms in which they are measured.

All policies are about the role `consumer`, so that READ on a path is one yes or no: the last statement that
matches says it. Patterns are prefixes and one infix, which every engine has.
"""

import random
from typing import NamedTuple

HOLDERS = ("employees", "engineering", "operations", "contractors", "sales")
POLICIES = 10
AREAS = 3
PATHS = 60
ROLE = "consumer"


class Line(NamedTuple):
    """One statement: the policy's holder, a grant or not, the pieces of a path around `*`."""

    holder: str
    grant: bool
    path: str


class Question(NamedTuple):
    """A user by id, the names of the groups that the user is in, a path."""

    user: str
    groups: tuple[str, ...]
    path: str


def statements(number: int) -> list[tuple[bool, str]]:
    """A policy's statements, top to bottom."""
    area = f"/area{number % AREAS}"
    return [
        (True, f"{area}/*"),
        (False, f"{area}/private/*"),
        (True, f"{area}/private/{HOLDERS[number % len(HOLDERS)]}/*"),
        (False, "/*/archive/*"),
        (True, f"{area}/archive/open/*"),
    ]


def lines() -> list[Line]:
    """All statements, in the order in which they count."""
    return [
        Line(HOLDERS[number % len(HOLDERS)], grant, path)
        for number in range(POLICIES)
        for grant, path in statements(number)
    ]


def regex(path: str) -> str:
    """A path as a pattern of a whole text."""
    return "^" + path.replace("*", ".*")


def document(number: int) -> dict[str, object]:
    """A policy as this service takes it."""
    return {
        "title": f"Policy {number}",
        "order": number,
        "statements": [
            {
                "action": "grant" if grant else "revoke",
                "roles": [ROLE],
                "conditions": [{"type": "path", "config": {"path": regex(path)}}],
            }
            for grant, path in statements(number)
        ],
    }


def paths() -> list[str]:
    """Paths of resources, in and out of every pattern."""
    draw = random.Random(4)
    parts = ("private", "archive", "open", "news", *HOLDERS)
    found = {
        "/".join(("", f"area{draw.randrange(AREAS)}", *draw.choices(parts, k=draw.randint(1, 3)), "page"))
        for _ in range(10 * PATHS)
    }
    return sorted(found)[:: len(found) // PATHS][:PATHS]
