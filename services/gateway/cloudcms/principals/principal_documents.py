"""Users and groups as answers, queries and the audit log have them."""

from datetime import UTC, datetime
from typing import Any

import msgspec

from shared.directory.login import known_address
from shared.policy.entitlement.estate import EVERYONE
from shared.store.groups import Group
from shared.store.profiles import Person
from shared.wire.cloudcms import principals
from shared.wire.cloudcms.system import system

# Who is said to have made what came with records.
DIRECTORY = "directory"
BEGINNING = datetime(2000, 1, 1, tzinfo=UTC)


def login_of(person: Person) -> str:
    """What a user is called: the login name, or else the address."""
    return person.email if person.login is None else person.login


def user_document(person: Person) -> dict[str, Any]:
    """A user, but for `_system`. One who has no title is entitled by the name."""
    own = msgspec.json.decode(person.document or b"{}")
    email = known_address(person.email)
    known = {"title": person.name or login_of(person), **own}
    if email is not None:
        known["email"] = email
    return principals.document(str(person.user_id), "user", login_of(person), known)


def user_object(person: Person) -> dict[str, Any]:
    """A user as an answer has it."""
    modified = max(person.updated_at, person.profile_modified_at or person.updated_at)
    about = system(
        *(person.created_at, person.created_by or DIRECTORY),
        *(modified, person.modified_by or DIRECTORY),
    )
    return {**user_document(person), "_system": about}


def group_document(group: Group) -> dict[str, Any]:
    """A group, but for `_system`."""
    own = {"title": group.name, **msgspec.json.decode(group.document)}
    return principals.document(group.group_id, "group", group.name, own)


def group_object(group: Group) -> dict[str, Any]:
    """A group as an answer has it."""
    about = system(group.created_at, group.created_by, group.modified_at, group.modified_by)
    return {**group_document(group), "_system": about}


EVERYBODY = Group(EVERYONE, EVERYONE, b"{}", BEGINNING, DIRECTORY, BEGINNING, DIRECTORY)
"""The group of all users, which is in no table."""


def audited(document: dict[str, Any]) -> bytes:
    """A document as the audit log keeps it."""
    return msgspec.json.encode(document)
