"""Answers held against what the gateway says of itself: no other status, header or member."""

import functools
import json
import re
from collections.abc import Iterator
from typing import Any, NamedTuple

import jsonschema_rs
from yarl import URL

from services.gateway import openapi
from services.gateway.app import ACCOUNTS
from tests.stack import Answer


class Operation(NamedTuple):
    method: str
    path: str
    servers: list[str]
    described: dict[str, Any]

    def is_at(self, path: str) -> bool:
        return any(pattern(server.rstrip("/") + self.path).fullmatch(path) for server in self.servers)


@functools.cache
def pattern(path: str) -> re.Pattern[str]:
    return re.compile(re.sub(r"\\\{\w+\\\}", "[^/]+", re.escape(path)))


@functools.cache
def document() -> dict[str, Any]:
    return json.loads(openapi.document().body)


@functools.cache
def operations() -> list[Operation]:
    return [
        Operation(
            method.upper(),
            path,
            [each["url"] for each in item.get("servers", document()["servers"])],
            described,
        )
        for path, item in document()["paths"].items()
        for method, described in item.items()
        if method != "servers"
    ]


def operation(method: str, path: str) -> Operation | None:
    """The operation of a request; None where there is none."""
    path = path.partition("?")[0]
    return next((each for each in operations() if each.method == method and each.is_at(path)), None)


def closed(schema: Any) -> Any:
    """A schema whose objects have the members that it names and no others."""
    if isinstance(schema, list):
        return [closed(each) for each in schema]
    if not isinstance(schema, dict):
        return schema
    changed = {key: closed(each) for key, each in schema.items()}
    if isinstance(changed.get("properties"), dict):
        changed.setdefault("additionalProperties", False)
    return changed


@functools.cache
def components() -> dict[str, Any]:
    return closed(document()["components"])


class Response:
    """What a status of an operation looks like."""

    def __init__(self, described: dict[str, Any]) -> None:
        self.headers = set(described.get("headers", ()))
        schema = closed(described["content"]["application/json"]["schema"])
        self.validator = jsonschema_rs.validator_for(
            {**schema, "components": components()}, validate_formats=True
        )


@functools.cache
def response(method: str, path: str, status: int) -> Response:
    described = next(each.described for each in operations() if (each.method, each.path) == (method, path))
    found = described["responses"][str(status)]
    return failure(found["$ref"].rpartition("/")[2]) if "$ref" in found else compiled(json.dumps(found))


def failure(name: str) -> Response:
    return compiled(json.dumps(document()["components"]["responses"][name]))


@functools.cache
def compiled(described: str) -> Response:
    """One for all that look alike: each takes more than a megabyte."""
    return Response(json.loads(described))


def no_route(path: str) -> Response:
    """What looks like a path where nothing is, in the words of the dialect that it would be of."""
    asked = URL(f"http://gateway{path}").raw_path  # `..` goes up before anything is sent
    return failure("NotFound" if asked.startswith(ACCOUNTS) else "EntitlementNotFound")


def faults(method: str, path: str, answer: Answer) -> Iterator[str]:
    """What an answer has that its description has not, or lacks that it has."""
    found = operation(method, path)
    if found is None:
        # No route, or another method than the path's.
        status, expected = answer.status in (404, 405), no_route(path)
    else:
        status = str(answer.status) in found.described["responses"]
        expected = response(method, found.path, answer.status) if status else no_route(path)
    if not status:
        yield f"the status is {answer.status}"
        return
    names = {name.lower() for name in answer.headers}
    yield from (f"there is no header {name}" for name in expected.headers if name.lower() not in names)
    if answer.headers["Content-Type"].partition(";")[0] != "application/json":
        yield f"the body is `{answer.headers['Content-Type']}`"
    for error in expected.validator.iter_errors(answer.body):
        yield f"{'/'.join(map(str, error.instance_path))}: {error.message}"


def check(method: str, path: str, answer: Answer) -> None:
    """Raises AssertionError for an answer that is not as described."""
    found = list(faults(method, path, answer))
    assert not found, f"{method} {path} is answered otherwise than described: {found}\n{answer}"
