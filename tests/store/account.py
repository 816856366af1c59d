"""One account's directory in the database, written as an import does it."""

from uuid import UUID, uuid4

from shared.directory.merge import merge
from shared.directory.movement import Movement
from shared.directory.postings import Key
from shared.policy.plan import Plan
from shared.policy.rules.people import Everyone
from shared.policy.screening.policy import Criteria, Decision, Policy
from shared.store import policy_tests, sweeps, users, writing
from shared.store.policy_tests import Start
from tests.directory import scratch

BITS = 4
PLAN = Plan((Policy("p", Decision.ALLOW, Criteria((Everyone(),))),))
THEN = "FROM {} WHERE account_id = $1 AND valid_from <= $2 AND valid_to > $2"


class Account:
    """An account and a connection to write it through."""

    def __init__(self, connection, account_id: UUID):
        self.connection, self.id = connection, account_id

    async def write(self, *records):
        """Merge a batch of records; returns the directory after."""
        async with self.connection.transaction():
            was = await users.lock(self.connection, self.id)
            ids = [record.user_id for record in records if record.user_id]
            addresses = [record.address for record in records]
            known = await users.matching(self.connection, self.id, ids, addresses)
            merged = merge(records, known, Movement(was.segment_bits), was.next_ordinal, uuid4)
            return await writing.write(self.connection, self.id, was, merged)

    async def fold(self):
        async with self.connection.transaction():
            return await writing.fold(self.connection, self.id)

    async def pin(self):
        """Start a test, which pins the version of now if that is folded; returns its id."""
        asked = Start(self.id, uuid4(), PLAN, "token", b"", None, 600)
        async with self.connection.transaction():
            await policy_tests.start(self.connection, asked)
        return asked.test_id

    async def collect(self):
        async with self.connection.transaction():
            return await sweeps.collect(self.connection, self.id)

    async def people(self, version):
        """Whoever was there at a version: rows with ordinal, address, identity, groups."""
        query = "SELECT ordinal, address, identity, groups " + THEN.format("users") + " ORDER BY ordinal"
        return [
            users.User(row[0], self.id, row[1], b"", row[3], row[2])
            for row in await self._rows(query, version)
        ]

    async def postings(self, version):
        """What the postings of a version hold."""
        rows = await self._rows("SELECT attribute, value, segment, data " + THEN.format("posting"), version)
        return scratch.contents({Key(*row[:3]): row[3] for row in rows})

    async def built(self, version, bits=BITS):
        """What they should hold."""
        return scratch.built(await self.people(version), bits)

    async def _rows(self, query, version):
        return [tuple(row) for row in await self.connection.fetch(query, self.id, version)]

    async def ended(self):
        """How many rows of users and postings belong to the past."""
        past = "SELECT count(*) FROM {} WHERE account_id = $1 AND valid_to < 9223372036854775807"
        return [await self.connection.fetchval(past.format(table), self.id) for table in ("users", "posting")]
