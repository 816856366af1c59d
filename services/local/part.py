"""A part of the file in memory: its users as postings, of which only those are kept that will be read."""

from collections.abc import Iterator, Mapping
from uuid import UUID, uuid4

from pyroaring import BitMap

from services.local import lines
from services.local.bench import Bench
from services.local.messages import Gathered, Mended, Person, Place, Suspect
from services.local.rows import Rows
from shared.directory import attributes, bitmaps, columns
from shared.directory.attributes import Term
from shared.directory.index import SegmentIndex
from shared.directory.merge import Record, Rejection
from shared.policy.facts import Facts
from shared.policy.screening.reasons import Reason
from shared.wire.directory.batches import Raw
from shared.wire.directory.spreadsheet import Header, csv_records


class Part:
    """Users by position; `named` has the positions of those whom the plans and expectations name."""

    def __init__(self, number: int, bench: Bench) -> None:
        self.number = number
        self.bench = bench
        self.rows = Rows()
        self.named: dict[str, int] = {}
        self.reasons: Mapping[Reason, BitMap] = {}
        self._ids: dict[int, UUID] = {}
        self._postings: dict[Term, bytes] = {}

    def read(self, raw: Raw) -> Gathered:
        """Take in the rows."""
        index, rejections = SegmentIndex(self.bench.terms), list[Rejection]()
        for row in _records(raw):
            if isinstance(row, Rejection):
                rejections.append(row)
                continue
            if not row.deleted:
                # Nothing here reads the groups of the directory.
                index.add(len(self.rows), row.address, row.known, ())
                self._name(len(self.rows), row.address, row.user_id)
            self.rows.add(row)
        self._keep(index)
        hashes = bitmaps.encode(self.rows.named()), bitmaps.encode(self.rows.twice())
        return Gathered(self.number, len(self.rows) + len(rejections), rejections, *hashes)

    def _name(self, position: int, address: str, user_id: UUID | None) -> None:
        """Note where a user is who is named; of several rows about one `mend` says which counts."""
        if address in self.bench.addresses:
            self.named[address] = position
        if user_id is not None and user_id.int in self.bench.ids:
            self.named[str(user_id)] = position

    def _keep(self, index: SegmentIndex) -> None:
        for term, held in index.terms().items():
            if term in self.bench.terms:
                self._postings[term] = bitmaps.encode(bitmaps.from_positions(held))
        self._postings |= {term: columns.encode(items) for term, items in index.items().items()}

    def suspects(self, hashes: BitMap) -> Iterator[Suspect]:
        """The rows whose id or address has one of some hashes."""
        for position in self.rows.having(hashes):
            row = self.rows[position]
            place = Place(self.number, position)
            yield Suspect(place, row.line, row.user_id, row.address, row.email, row.deleted)

    def mend(self, mended: Mended) -> None:
        """Let those go of whom other rows say what counts, and know by their ids those who stay."""
        gone, self._ids = bitmaps.decode(mended.gone), dict(mended.stay)
        if gone:
            self._postings = {term: _without(term, data, gone) for term, data in self._postings.items()}
            self.named = {key: position for key, position in self.named.items() if position not in gone}
        for position, user_id in mended.stay:
            self._name(position, self.rows[position].address, user_id)

    def facts(self) -> Facts:
        """What is known of the users."""
        return Facts(self._postings, self.named)

    def person(self, position: int) -> Person:
        """A user; whoever came without an id gets one."""
        row = self.rows[position]
        user_id = self._ids.get(position) or row.user_id or uuid4()
        reason = next(each for each, positions in self.reasons.items() if position in positions)
        return Person(Place(self.number, position), user_id, row.email, row.name, reason)


def _records(raw: Raw) -> Iterator[Record | Rejection]:
    header = Header(raw.header) if raw.format == "csv" else None
    while raw.blocks:
        block = raw.blocks.pop(0)  # a part is large: what was read is not kept
        if header is None:
            yield from lines.records(block.data, block.first_line)
        else:
            yield from csv_records(block.data, block.first_line, header)


def _without(term: Term, data: bytes, gone: BitMap) -> bytes:
    """A posting without some positions."""
    if term[0] not in attributes.COLUMNS:
        return bitmaps.encode(bitmaps.decode(data) - gone)
    return columns.encode([item for item in columns.items(data) if columns.parts(item)[1] not in gone])
