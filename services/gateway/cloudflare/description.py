"""The dialect's operations as OpenAPI describes them, from the table of routes that decodes and encodes."""

import re
from collections.abc import Iterator, Sequence
from typing import Any, get_origin

from services.gateway import schemas
from services.gateway.bodies import BODY_BYTES
from services.gateway.cloudflare import responses
from services.gateway.routing import Body, Route, Upload
from services.gateway.schemas import Catalogue, Description, Schema
from shared.wire.cloudflare.envelope import Envelope

PLACEHOLDER = re.compile(r"\{(\w+)\}")
ACCOUNT_ID = {"type": "string", "pattern": "^[0-9a-f]{32}$"}
ID = {"type": "string", "format": "uuid"}
VERBS = {"POST": "create", "PUT": "update", "PATCH": "edit", "DELETE": "delete"}
KEY = {
    "name": "Idempotency-Key",
    "in": "header",
    "required": False,
    "description": "The same key and body again get what the first request got",
    "schema": {"type": "string", "minLength": 1, "maxLength": 255},
}
SECURITY = {
    "token": {"type": "http", "scheme": "bearer"},
    "email": {"type": "apiKey", "in": "header", "name": "X-Auth-Email"},
    "key": {"type": "apiKey", "in": "header", "name": "X-Auth-Key"},
}


def describe(routes: Sequence[Route]) -> Description:
    """The paths of these routes and what they refer to."""
    forms = [route.body.form for route in routes if isinstance(route.body, Body)]
    queries = list(dict.fromkeys(route.query for route in routes))
    pages = dict.fromkeys(responses.page(route) for route in routes)
    known = Catalogue([*forms, *queries], [Envelope, *pages, *(route.result for route in routes)])
    envelope = known.take(Envelope)
    parameters = {query: list(_of_query(known.take(query))) for query in queries}
    paths = dict[str, dict[str, Any]]()
    for route in routes:
        operation = _operation(route, parameters[route.query]) | _request(route, known)
        operation["responses"] = responses.responses(route, known, envelope)
        paths.setdefault(route.path, {})[route.method.lower()] = operation
    return Description(
        paths,
        {
            "schemas": known.components | {"Failure": responses.failure(envelope)},
            "responses": responses.failures(),
            "headers": responses.HEADERS,
            "securitySchemes": SECURITY,
        },
    )


def _operation(route: Route, parameters: list[Schema]) -> Schema:
    scope = [route.scope.value]
    return {
        "operationId": operation_id(route),
        "summary": route.summary,
        "description": f"Needs the scope `{route.scope.value}`.",
        "tags": [_collection(route.path)],
        "security": [{"token": scope}, {"email": scope, "key": scope}],
        "parameters": [*_of_path(route.path), *parameters, *([KEY] if route.keyed else [])],
    }


def operation_id(route: Route) -> str:
    """The resource and the verb: an operation keeps its name as long as it keeps its place."""
    _, *words = PLACEHOLDER.sub("", route.path.removeprefix("/accounts/{account_id}")).split("/")
    verb = VERBS.get(route.method) or ("list" if get_origin(route.result) is list else "get")
    return "-".join([*filter(None, words), verb]).replace("_", "-")


def _collection(path: str) -> str:
    """The last word of the path to the collection that the operation is about."""
    return path.removeprefix("/accounts/{account_id}").partition("/{")[0].rpartition("/")[2].replace("-", " ")


def _of_path(path: str) -> Iterator[Schema]:
    for name in PLACEHOLDER.findall(path):
        schema = ACCOUNT_ID if name == "account_id" else ID if name.endswith("_id") else {"type": "string"}
        yield {"name": name, "in": "path", "required": True, "schema": schema}


def _of_query(form: Schema) -> Iterator[Schema]:
    for name, required, schema in schemas.parameters(form):
        yield {"name": name, "in": "query", "required": required, "schema": schema}


def _request(route: Route, known: Catalogue) -> Schema:
    """The member `requestBody`, where there is one."""
    match route.body:
        case None:
            return {}
        case Upload():
            file = {"schema": {"type": "string", "format": "binary"}}
            body: Schema = {"content": dict.fromkeys(route.body.media, file)}
        case Body():
            content = {schemas.JSON: {"schema": known[route.body.form]}}
            body = {"description": f"At most {route.body.limit or BODY_BYTES} bytes", "content": content}
    return {"requestBody": body | {"required": True}}
