"""The dialect's operations as OpenAPI describes them, from the table of routes that decodes and encodes."""

import re
from collections.abc import Iterator, Sequence
from typing import Any, get_origin

from msgspec import Struct

from services.gateway import schemas
from services.gateway.bodies import BODY_BYTES
from services.gateway.cloudcms import responses
from services.gateway.cloudcms.answers import Created, Failure, ResultMap
from services.gateway.routing import Body, Entrance, Route, Upload
from services.gateway.schemas import Catalogue, Description, Schema
from shared.wire.cloudcms.shapes import Loose

ROOT = "platform"
"""What operations begin with: the account, as this dialect calls it."""
PLACEHOLDER = re.compile(r"\{(\w+)(?::([^}]*))?\}")
ID = {"type": "string", "minLength": 1, "maxLength": 256}
COLLECTIONS = frozenset(
    {"archives", "domains", "jobs", "policies", "principals", "resources", "roles", "teams", "vaults"}
)
VERBS = {"GET": "get", "PUT": "update", "DELETE": "delete"}
OAUTH = "/oauth/token"
NOT_IN_ADDRESSES = frozenset({"client_secret"})
FILES = "multipart/form-data"
FORM = "application/x-www-form-urlencoded"


def describe(routes: Sequence[Route], entrances: Sequence[Entrance]) -> Description:
    """The paths of these operations and what they refer to."""
    forms = [route.body.form for route in routes if isinstance(route.body, Body)]
    queries = list(dict.fromkeys([*(route.query for route in routes), *(each.form for each in entrances)]))
    results = [*(route.result for route in routes), *(each.result for each in entrances)]
    known = Catalogue([*forms, *queries], [Failure, *results])
    failure = known.take(Failure)
    parameters = {query: list(_of_query(known.take(query))) for query in queries}
    paths = dict[str, dict[str, Any]]()
    for route in routes:
        operation = _operation(route, parameters[route.query]) | _request(route, known)
        operation["responses"] = responses.responses(route, known)
        _at(paths, route.template)[route.method.lower()] = operation
    for each in entrances:
        entry = _entry(each, parameters[each.form])
        entry["responses"] = responses.of_entrance(known[each.result])
        _at(paths, each.path)[each.method.lower()] = entry
    return Description(
        paths,
        {
            "schemas": _opened(known.components) | {responses.FAILURE: responses.failure(failure)},
            "responses": responses.failures(),
            "headers": responses.HEADERS,
            "securitySchemes": _security(routes),
        },
    )


def _at(paths: dict[str, dict[str, Any]], path: str) -> dict[str, Any]:
    """What is at a path, which has no prefix as those of the other dialect may have."""
    return paths.setdefault(path, {"servers": [{"url": "/"}]})


def _opened(components: dict[str, Schema]) -> dict[str, Schema]:
    """The components; what is loose has whatever else it was sent."""
    names = {kind.__name__ for kind in _below(Loose)}
    more = {"additionalProperties": True}
    return {name: schema | more if name in names else schema for name, schema in components.items()}


def _below(kind: type[Struct]) -> Iterator[type[Struct]]:
    for each in kind.__subclasses__():
        yield each
        yield from _below(each)


def _security(routes: Sequence[Route]) -> Schema:
    scopes = {route.scope.value: f"what needs `{route.scope.value}`" for route in routes}
    flow = {"tokenUrl": OAUTH, "refreshUrl": OAUTH, "scopes": scopes}
    return {
        "token": {"type": "http", "scheme": "bearer"},
        "ticket": {"type": "apiKey", "in": "header", "name": "GITANA_TICKET"},
        "password": {"type": "oauth2", "flows": {"password": flow}},
        "client": {"type": "http", "scheme": "basic"},
    }


def _operation(route: Route, parameters: list[Schema]) -> Schema:
    scope = [route.scope.value]
    return {
        "operationId": operation_id(route),
        "summary": route.summary,
        "description": f"Needs the scope `{route.scope.value}`.",
        "tags": [_tag(route.template)],
        "security": [{"token": scope}, {"ticket": scope}, {"password": scope}],
        "parameters": [*_of_path(route.path), *parameters],
    }


def _entry(entrance: Entrance, parameters: list[Schema]) -> Schema:
    """An operation without a caller: all that it takes may be in the query or in a form."""
    properties = {each["name"]: each["schema"] for each in parameters}
    content = {FORM: {"schema": {"type": "object", "properties": properties}}}
    return {
        "operationId": "-".join(_words(entrance.path)),
        "summary": entrance.summary,
        "tags": [ROOT],
        "security": [{"client": []}, {}],
        "parameters": [each for each in parameters if each["name"] not in NOT_IN_ADDRESSES],
        "requestBody": {"description": "What is not in the query", "content": content, "required": False},
    }


def operation_id(route: Route) -> str:
    """The place and what is done there: an operation keeps its name as long as it keeps its place."""
    words = [ROOT, *_words(route.template)]
    if route.method != "POST":
        words.append("list" if get_origin(route.result) is ResultMap else VERBS[route.method])
    elif route.result is Created:
        words.append("create")
    elif words[-1] in VERBS.values() or route.template.endswith("}"):
        words.append("post")
    return re.sub(r"[^a-z]+", "-", "-".join(words).lower())


def _words(template: str) -> Iterator[str]:
    """The words of a path, in the singular where an id says which one."""
    parts = template.strip("/").split("/")
    for word, following in zip(parts, [*parts[1:], ""], strict=True):
        if not word:
            continue
        name = word.strip("{}")
        if following.startswith("{"):
            yield re.sub(r"ies$", "y", name) if name.endswith("ies") else name.removesuffix("s")
        elif not word.startswith("{"):
            yield name


def _tag(template: str) -> str:
    """What the operation is about: the last collection that its path names."""
    about = [word for word in template.split("/") if word in COLLECTIONS]
    return " ".join([ROOT, *about[-1:]])


def _of_path(path: str) -> Iterator[Schema]:
    for name, words in PLACEHOLDER.findall(path):
        schema = {"type": "string", "enum": words.split("|")} if words else ID
        yield {"name": name, "in": "path", "required": True, "schema": schema}


def _of_query(form: Schema) -> Iterator[Schema]:
    for name, required, schema in schemas.parameters(form):
        yield {"name": name, "in": "query", "required": required, "schema": schema}


def _request(route: Route, known: Catalogue) -> Schema:
    """The member `requestBody`, where there is one; an empty one is as good as `{}`."""
    if isinstance(route.body, Upload):
        return _upload(route.body)
    if not isinstance(route.body, Body):
        return {}
    content = {schemas.JSON: {"schema": known[route.body.form]}}
    description = f"At most {route.body.limit or BODY_BYTES} bytes, of whatever content type"
    return {"requestBody": {"description": description, "content": content, "required": False}}


def _upload(body: Upload) -> Schema:
    """The member `requestBody` of a file, or of a form with a part that is one."""
    file: Schema = {"type": "string", "format": "binary"}
    content = {media: {"schema": file} for media in body.media}
    if body.part is not None:
        form = {"type": "object", "properties": {body.part: file}, "required": [body.part]}
        content[FILES] = {"schema": form}
    return {"requestBody": {"content": content, "required": True}}
