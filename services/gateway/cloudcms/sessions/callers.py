"""Who calls, by a token: in `Authorization: Bearer`, in `GITANA_TICKET` (header or cookie), or in the query.

Any token of the account will do, whether it came from `POST /oauth/token` or from the command line. An
unknown one is refused with the words by which drivers know that theirs has to be renewed.
"""

from aiohttp import web

from services.gateway.auth import Caller, Tokens
from services.gateway.cloudcms.answers import Failed
from shared.wire import tokens

TICKET = "GITANA_TICKET"
QUERY = "access_token"
INVALID = "invalid_token"


def sent(request: web.Request) -> str | None:
    """The token's text, from wherever it is; Authorization counts first."""
    header = request.headers.get("Authorization", "")
    kind, _, text = header.partition(" ")
    if kind.lower() == "bearer":
        return text.strip()
    return request.headers.get(TICKET) or request.cookies.get(TICKET) or request.query.get(QUERY)


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
