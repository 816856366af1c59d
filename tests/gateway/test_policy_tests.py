import json

from tests.stack import Client

ACME = {"name": "Acme", "decision": "allow", "include": [{"email_domain": {"domain": "acme.example"}}]}


def lines(*users: dict) -> bytes:
    return b"".join(json.dumps(user).encode() + b"\n" for user in users)


async def test_a_policy_is_tested_against_every_user(client: Client) -> None:
    users = [{"email": f"u{n}@{'acme' if n % 3 else 'other'}.example"} for n in range(100)]
    assert (await client.imported(lines(*users)))["users_created"] == 100
    status = await client.tested(ACME)
    assert (status["status"], status["total_users"]) == ("complete", 100)
    assert (status["users_approved"], status["users_blocked"]) == (66, 34)
    assert (status["percent_approved"], status["percent_users_processed"]) == (66, 100)
    rows = await client.users(status["id"], status="fail")
    assert {row["email"] for row in rows} == {f"u{n}@other.example" for n in range(0, 100, 3)}
