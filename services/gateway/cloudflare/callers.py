"""Who calls, in the words of this dialect: `Authorization: Bearer`, or X-Auth-Email with X-Auth-Key.

Either way it is a Gatehouse token. A key comes with an e-mail address: if the token was made for one, it must
be that one; if for none, any is let through and none believed, since it is the token that says whose the call
is, here and in the audit log. Where Authorization is sent it decides alone: some clients send a stray address
beside it.
"""

from aiohttp import web

from services.gateway.auth import Caller, Tokens
from services.gateway.cloudflare.envelope import UNKNOWN_TOKEN, WRONG_EMAIL, Failed, no_caller
from shared.directory.email import canonical_email
from shared.directory.errors import Refused
from shared.wire import tokens

BEARER, EMAIL, KEY, SERVICE_KEY = "Authorization", "X-Auth-Email", "X-Auth-Key", "X-Auth-User-Service-Key"
ADVICE = "send `Authorization: Bearer <token>`, or X-Auth-Email with the token as X-Auth-Key"
NOTHING = f"Missing {KEY}, {EMAIL} or Authorization headers: {ADVICE}"
NO_BEARER = "Malformed Authorization header: send `Authorization: Bearer <token>`, a token of Gatehouse"
DROPPED = "the official Python client drops its API token when it knows an e-mail address or a key"
NO_KEY = f"Malformed {KEY}: it is no token of Gatehouse. If you gave one, unset CLOUDFLARE_API_KEY: {DROPPED}"
EMAIL_ALONE = (
    f"Missing {KEY}: {EMAIL} came alone. Unset CLOUDFLARE_EMAIL, or give the token as the API key too: "
    f"{DROPPED}"
)
KEY_ALONE = (
    f"Missing {EMAIL}: {KEY} came alone. Unset CLOUDFLARE_API_KEY, or give an e-mail address too: {DROPPED}"
)
SERVICE_ALONE = f"{SERVICE_KEY} is not supported: {ADVICE}"


async def caller(request: web.Request, known: Tokens) -> Caller:
    """Whoever the headers name; raises Failed for nobody."""
    bearer = _only(request, BEARER)
    if bearer is not None:
        return await _holder(known, _bearer(bearer), NO_BEARER)
    email, key = _only(request, EMAIL), _only(request, KEY)
    if not email or not key:
        raise no_caller(_lacking(request, email, key))
    found = await _holder(known, key, NO_KEY)
    if found.email is not None and found.email != _canonical(email):
        raise Failed(WRONG_EMAIL)
    return found


def _only(request: web.Request, name: str) -> str | None:
    given = request.headers.getall(name, ())
    if len(given) > 1:
        raise no_caller(f"{name} came {len(given)} times, send it once")
    return given[0] if given else None


def _bearer(header: str) -> str:
    kind, _, text = header.partition(" ")
    return text.strip() if kind.lower() == "bearer" else ""


def _lacking(request: web.Request, email: str | None, key: str | None) -> str:
    if SERVICE_KEY in request.headers:
        return SERVICE_ALONE
    if email:
        return EMAIL_ALONE
    return KEY_ALONE if key else NOTHING


async def _holder(known: Tokens, text: str, malformed: str) -> Caller:
    token = tokens.parse(text)
    if token is None:
        raise no_caller(malformed)
    found = await known.caller(token)
    if found is None:
        raise Failed(UNKNOWN_TOKEN)
    return found


def _canonical(email: str) -> str | None:
    try:
        return canonical_email(email)
    except Refused:
        return None
