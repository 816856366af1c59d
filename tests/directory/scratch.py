"""An index built from scratch, to hold others against."""

from uuid import UUID

import msgspec

from shared.directory import bitmaps, columns, identity
from shared.directory.attributes import COLUMNS
from shared.directory.membership import names
from shared.directory.merge import Record
from shared.directory.movement import Movement
from shared.store import rows


def record(address, login=None, *, number=0, name="", deleted=False, groups=()):
    """A record of an import, as an entry; a number makes an id."""
    text = None if login is None else msgspec.json.encode(login)
    user_id = UUID(int=number) if number else None
    return rows.entry(Record(1, user_id, address, address, name, tuple(groups), text, None, deleted))


def contents(postings):
    """What each posting holds; equal sets may be written in more than one way."""
    return {
        key: set(columns.items(data) if key.attribute in COLUMNS else bitmaps.decode(data))
        for key, data in postings.items()
        if data
    }


def applied(postings, differences):
    """The postings after some differences."""
    return postings | {key: change.applied(postings.get(key, b"")) for key, change in differences.items()}


def built(users, bits):
    """The postings of users, each anything with ordinal, address, groups and identity as JSON."""
    movement = Movement(bits)
    for user in users:
        known = None if user.identity is None else identity.decode(user.identity)
        movement.enter(user.ordinal, user.address, known, names(user.groups))
    return contents(applied({}, movement.differences()))
