"""What a worker remembers between chunks: postings at a version and pinned tests. Both never change."""

from collections import OrderedDict
from uuid import UUID

from shared.directory.attributes import Term
from shared.store.policy_tests import Pinned

TESTS = 32
TEST_BYTES = 12_000_000  # as stored; ready to be evaluated they take some six times as much
ENTRY_BYTES = 200  # what an entry costs beside its postings, roughly

Range = tuple[UUID, int, int, int]
"""An account, a version, the first and the last segment."""
Postings = dict[int, bytes]
"""One term's postings by segment."""


class PostingMemory:
    """The postings used last, up to some bytes of them."""

    def __init__(self, limit: int) -> None:
        self.limit = limit
        self.bytes = 0
        self._entries: OrderedDict[tuple[Range, Term], Postings] = OrderedDict()

    def get(self, where: Range, term: Term) -> Postings | None:
        """A term's postings in a range, if remembered."""
        entry = self._entries.get((where, term))
        if entry is not None:
            self._entries.move_to_end((where, term))
        return entry

    def put(self, where: Range, term: Term, postings: Postings) -> None:
        """Remember a term's postings in a range, forgetting what was used longest ago."""
        if (where, term) in self._entries:
            return
        self._entries[where, term] = postings
        self.bytes += _size(postings)
        while self.bytes > self.limit:
            _, forgotten = self._entries.popitem(last=False)
            self.bytes -= _size(forgotten)


def _size(postings: Postings) -> int:
    return ENTRY_BYTES + sum(len(data) + ENTRY_BYTES for data in postings.values())


class PinnedTests:
    """The tests evaluated last: so many at most, and those before the last up to some bytes."""

    def __init__(self) -> None:
        self._tests: OrderedDict[UUID, Pinned] = OrderedDict()

    def get(self, test_id: UUID) -> Pinned | None:
        """A pinned test, if remembered."""
        return self._tests.get(test_id)

    def put(self, test_id: UUID, pinned: Pinned) -> None:
        """Remember a pinned test, forgetting those that were first."""
        self._tests[test_id] = pinned
        while len(self._tests) > 1 and (len(self._tests) > TESTS or self._bytes() > TEST_BYTES):
            self._tests.popitem(last=False)

    def _bytes(self) -> int:
        return sum(test.size for test in self._tests.values())
