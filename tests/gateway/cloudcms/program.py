"""A program that logs users in, in each of the ways in which programs do."""

from typing import Any

import aiohttp

from shared.store import clients, logins
from shared.wire import passwords
from shared.wire.tokens import SCOPES
from tests.stack import Answer, Client, Service, account_id

PASSWORD = "correct horse battery staple"
HASHED = passwords.hash_password(PASSWORD)
ANN = {"grant_type": "password", "username": "ann", "password": PASSWORD, "scope": "api"}


class Program:
    """An OAuth client of an account, which `ann` may log in through."""

    def __init__(self, client: Client, key: str, secret: str) -> None:
        self.client, self.key, self.secret = client, key, secret

    async def ask(self, style: str = "form", **given: str) -> Answer:
        """POST /oauth/token: by `form`, by `query`, or with `all` in the form."""
        known = {"client_id": self.key, "client_secret": self.secret}
        match style:
            case "form":
                return await self.sent(headers=self.basic, data=given)
            case "query":
                return await self.sent(headers=self.basic, params=given)
            case "all":
                return await self.sent(data=given | known)
        raise AssertionError(style)

    @property
    def basic(self) -> dict[str, str]:
        return {"Authorization": aiohttp.encode_basic_auth(self.key, self.secret)}

    async def sent(self, **given: Any) -> Answer:
        url = f"{self.client.url}/oauth/token"
        async with self.client.session.post(url, **given) as response:
            answer = Answer(response.status, await response.json(), dict(response.headers))
        self.client.shown("POST", "/oauth/token", answer)
        return answer

    async def pair(self, **given: str) -> tuple[str, str]:
        """An access token and a refresh token of ann's, or of whoever is `given`."""
        answer = await self.ask(**(ANN | given))
        assert answer.status == 200, answer
        return answer.body["access_token"], answer.body["refresh_token"]

    async def refreshed(self, refresh_token: str, style: str = "form") -> Answer:
        return await self.ask(style, grant_type="refresh_token", refresh_token=refresh_token)

    def holder(self, token: str) -> Client:
        """The client of a token."""
        return Client(self.client.session, self.client.url, self.client.account, token)


async def program(
    service: Service, scopes: tuple[str, ...] = SCOPES, ann: tuple[str, ...] = SCOPES
) -> Program:
    """A program of an account of its own; scopes of its own and of ann."""
    client = await service.tenant(segment_bits=4)
    connection = await service.connect()
    try:
        key, secret = await clients.create(connection, account_id(client), "website", scopes)
        await logins.create(connection, account_id(client), "ann", HASHED, ann)
    finally:
        await connection.close()
    return Program(client, key, secret)
