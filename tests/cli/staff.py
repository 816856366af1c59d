"""Users of two domains, and policies for those of one: all of them, or who logged in with two factors."""

from tests.gateway.rows import ACME, lines, policy
from tests.stack import Client

USERS = (
    {"email": "in@acme.example", "identity": {"amr": ["mfa"]}},
    {"email": "weak@acme.example", "identity": {"amr": ["pwd"]}},
    {"email": "unseen@acme.example"},
    {"email": "out@b.example", "identity": {"amr": ["mfa"]}},
)
WIDE = policy(ACME, name="Staff")
STRICT = policy(ACME, name="Staff", require=[{"auth_method": {"auth_method": "mfa"}}])


async def tested(client: Client) -> str:
    """A test of the domain alone."""
    await client.imported(lines(*USERS))
    uid: str = (await client.tested(WIDE))["id"]
    return uid
