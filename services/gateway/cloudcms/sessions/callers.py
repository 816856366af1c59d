"""Who calls, by a token: in `Authorization: Bearer`, in `GITANA_TICKET` (header or cookie), or in the query.

Any token of the account will do, whether it came from `POST /oauth/token` or from the command line. An
unknown one is refused with the words by which drivers know that theirs has to be renewed.

A browser sends a cookie along whoever made it ask, and bodies count here whatever kind they say they are: by
a cookie alone, another site's page can read nothing and change nothing.
"""

from urllib.parse import urlsplit

from aiohttp import web

from services.gateway.auth import Caller, Tokens
from services.gateway.cloudcms.answers import Failed
from shared.wire import tokens

TICKET = "GITANA_TICKET"
QUERY = "access_token"
INVALID = "invalid_token"
OWN_PAGES = frozenset({"same-origin", "none"})


def sent(request: web.Request) -> str | None:
    """The token's text, from wherever it is; Authorization counts first. Raises Failed for a strange page."""
    header = request.headers.get("Authorization", "")
    kind, _, text = header.partition(" ")
    if kind.lower() == "bearer":
        return text.strip()
    given = request.headers.get(TICKET) or request.query.get(QUERY)
    if given or TICKET not in request.cookies:
        return given
    _check_origin(request)
    return request.cookies[TICKET]


def _check_origin(request: web.Request) -> None:
    """Raises Failed for what a page of another site made a browser send; programs say nothing of pages."""
    site, origin = request.headers.get("Sec-Fetch-Site"), request.headers.get("Origin")
    if site is not None:
        strange = site not in OWN_PAGES
    else:
        strange = origin is not None and urlsplit(origin).netloc != request.host
    if strange:
        raise Failed(403, f"the cookie `{TICKET}` does not count for pages of other sites: send a header")


async def caller(request: web.Request, known: Tokens) -> Caller:
    """Whoever the token is of; raises Failed for nobody."""
    text = sent(request)
    if not text:
        raise Failed(401, "no access token was sent: get one from `POST /oauth/token`", INVALID)
    token = tokens.parse(text)
    found = None if token is None else await known.caller(token)
    if found is None:
        raise Failed(401, "Invalid access token: it is unknown, revoked or expired", INVALID)
    return found
