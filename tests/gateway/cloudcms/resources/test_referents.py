"""What references refer to, and to whom that is told."""

from shared.store import tokens
from tests.gateway.cloudcms import people
from tests.stack import Client, Service, account_id


async def test_who_users_are_is_read_with_the_scope_of_the_directory_alone(
    service: Service, client: Client
) -> None:
    ann = await people.user(client, "ann")
    connection = await service.connect()
    token = await tokens.create_token(connection, account_id(client), ["entitlements:read"], "x", None)
    await connection.close()
    own = {"Authorization": f"Bearer {token}"}
    known = [f"user://{client.account}/default/{ann}", f"platform://{client.account}"]
    entries = [{"ref": each} for each in known]
    answer = await client.call("POST", "/ref/read", json={"entries": entries}, headers=own)
    assert [each["entry"] is None for each in answer.body["entries"]] == [True, False]
    asked = {"entries": [{"permissioned": known[0], "principalId": ann, "permissionId": "READ"}]}
    checked = (await client.call("POST", "/access/check", json=asked, headers=own)).body["entries"]
    assert checked[0]["hasPermission"]
