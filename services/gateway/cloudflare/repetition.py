"""Requests that are sent again because their answer was lost: once is enough.

The official clients repeat a POST or a DELETE by themselves, and say so in a header, but not which it was.
"""

from services.gateway.routing import Call

# Within this time the same request from the same token is the same one.
SECONDS = 60.0


def says_again(call: Call) -> bool:
    """Whether the client says that it sent this before."""
    return call.request.headers.get("x-stainless-retry-count", "0") not in ("", "0")
