"""What is sent to `POST /oauth/token`, in the three ways in which clients write it.

Basic and a form; Basic and a query, the body empty; all in the form. What labels the body is no matter.
"""

import base64
import binascii
from collections.abc import Iterable
from typing import NamedTuple
from urllib.parse import parse_qsl

import msgspec
from aiohttp import web
from msgspec import Struct

from services.gateway import bodies
from services.gateway.cloudcms.answers import INVALID_CLIENT, Failed

FORM_BYTES = 64 * 1024
FIELDS = 64
INVALID = "invalid_request"
NO_CLIENT = (
    "no client's key and secret were sent: as Basic authorization, or as `client_id` and `client_secret`"
)


class Asked(Struct, frozen=True):
    """The parameters; others are nobody's business. Of scopes there is `api`, whatever is asked for."""

    grant_type: str | None = None
    username: str | None = None
    password: str | None = None
    refresh_token: str | None = None
    client_id: str | None = None
    client_secret: str | None = None
    scope: str | None = None


class ClientSent(NamedTuple):
    """Which client somebody says to be."""

    key: str
    secret: str


async def read(request: web.Request) -> tuple[Asked, ClientSent]:
    """What a request asks for, and for which client; raises Failed."""
    await bodies.ask(request)
    body = _form(await bodies.read(request, FORM_BYTES))
    # A secret belongs into no address; a user's password does neither, but there a client's authors disagree.
    query = [(name, text) for name, text in request.query.items() if name != "client_secret"]
    asked = _asked([*query, *body])
    return asked, _client(request.headers.get("Authorization", ""), asked)


def _form(body: bytes) -> list[tuple[str, str]]:
    try:
        return parse_qsl(body.decode(), keep_blank_values=True, errors="strict", max_num_fields=FIELDS)
    except ValueError:
        raise Failed(400, f"the body is no form of at most {FIELDS} fields in UTF-8", INVALID) from None


def _asked(given: Iterable[tuple[str, str]]) -> Asked:
    found: dict[str, str] = {}
    for name, text in given:
        if name in Asked.__struct_fields__ and found.setdefault(name, text) != text:
            raise Failed(400, f"`{name}` was sent twice, with different values", INVALID)
    return msgspec.convert(found, Asked)


def _client(authorization: str, asked: Asked) -> ClientSent:
    kind, _, encoded = authorization.partition(" ")
    if kind.lower() != "basic":
        if asked.client_id is None or asked.client_secret is None:
            raise Failed(401, NO_CLIENT, INVALID_CLIENT)
        return ClientSent(asked.client_id, asked.client_secret)
    try:
        key, colon, secret = base64.b64decode(encoded.strip(), validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        key = colon = secret = ""
    if not colon:
        raise Failed(401, "the Basic authorization is no key and secret", INVALID_CLIENT)
    if asked.client_id not in (None, "", key):
        raise Failed(400, "`client_id` is another client than the Basic authorization's", INVALID)
    return ClientSent(key, secret)
