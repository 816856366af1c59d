"""What the gateway says of itself is so: every operation, with requests made up from its description."""

import os
from collections import Counter
from collections.abc import AsyncIterator
from typing import NamedTuple

import msgspec
import pytest
import schemathesis
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from services.gateway.app import ACCOUNTS
from tests import described
from tests.gateway.cloudcms.vaults.shelf import made
from tests.gateway.cloudcms.world import Platform
from tests.gateway.world import World
from tests.stack import Service

# A number here asks for as many random requests, and for all of those that try every corner.
GIVEN = os.environ.get("SCHEMATHESIS_EXAMPLES")
RANDOM, CORNERS, STRIDE = (int(GIVEN), 0, 1) if GIVEN else (5, 40, 40)
CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
    response_headers_conformance,
]
# Nobody logs in here, so that no session is ever there.
NEVER = {
    "GET /accounts/{account_id}/access/users/{user_id}/active_sessions/{nonce}",
    "POST /auth/expire",
    "POST /oauth/token",
}
TURNS: Counter[str] = Counter()

users = st.fixed_dictionaries(
    {"email": st.emails()}, optional={"name": st.text(), "groups": st.lists(st.text()), "identity": st.none()}
)
files = st.lists(users, min_size=1).map(lambda rows: b"\n".join(map(msgspec.json.encode, rows)))
schemathesis.openapi.media_type(
    "application/x-ndjson", files, aliases=["application/ndjson", "application/jsonl"]
)
schemathesis.openapi.media_type(
    "text/csv", st.lists(st.emails(), min_size=1).map(lambda rows: "\n".join(["email", *rows]).encode())
)
schemathesis.openapi.media_type("application/zip", st.binary() | st.just(made()))

schema = schemathesis.openapi.from_dict(described.document())
schema.config.generation.with_security_parameters = False
schema.config.phases.coverage.unexpected_methods = set()


class Worlds(NamedTuple):
    """An account for each dialect."""

    accounts: World
    platform: Platform

    def of(self, path: str) -> World | Platform:
        return self.accounts if path.startswith(ACCOUNTS) else self.platform


@pytest.fixture(scope="module")
async def worlds(service: Service) -> AsyncIterator[Worlds]:
    worlds = Worlds(
        World(await service.tenant(segment_bits=4)), Platform(await service.tenant(segment_bits=4))
    )
    for world in worlds:
        await world.settle()
    yield worlds
    for world in worlds:
        world.session.close()


@schema.parametrize()
@settings(max_examples=RANDOM, derandomize=True, deadline=None, suppress_health_check=list(HealthCheck))
def test_an_operation_answers_as_it_is_described(case: schemathesis.Case, worlds: Worlds) -> None:
    world = worlds.of(case.path)
    where = f"{case.method} {case.path}"
    TURNS[where] += 1
    corners = CORNERS if world is worlds.accounts else CORNERS // 3
    if TURNS[where] > corners and TURNS[where] % STRIDE:
        return
    world.place(case)
    case.validate_response(world.call(case), checks=CHECKS)


def test_every_operation_was_done_at_least_once(worlds: Worlds) -> None:
    seen = worlds.accounts.statuses | worlds.platform.statuses
    undone = {where for where, statuses in seen.items() if min(statuses) >= 400}
    assert undone <= NEVER
