"""Users and groups on the wire of this dialect: documents with whatever fields a client has of its own."""

import re
from collections.abc import Iterator, Mapping
from typing import Any, Literal, NamedTuple

import msgspec

from shared.directory.email import canonical_email
from shared.directory.errors import Refused
from shared.wire import passwords
from shared.wire.cloudcms import documents
from shared.wire.cloudcms.references import DOMAIN, DOMAINS
from shared.wire.faults import Fault, Faulty, child

LOGIN_LIMIT = 256
GROUP_LIMIT = 1024
PART_LIMIT = 500
"""Characters of a first or last name: both together are a name of the directory."""
DOCUMENT_LIMIT = 65_536
"""Bytes of a client's own fields."""
PLAIN = re.compile(r"[^\x00-\x1f\x7f]+")
# What is said by other means than a client's own fields, or never said again.
KNOWN = frozenset(
    {
        *("type", "name", "email", "password", "verifyPassword", "hasPassword"),
        *("domainId", "domainQualifiedId", "domainQualifiedName"),
    }
)

Kind = Literal["user", "group"]
KINDS: Mapping[str, Kind] = {"USER": "user", "GROUP": "group"}


class Given(NamedTuple):
    """What a client says of a principal, None for what it does not; `document` are its own fields."""

    kind: Kind | None
    name: str | None
    email: str | None
    password: str | None
    document: dict[str, Any]

    @property
    def full_name(self) -> str:
        """First and last name as one; empty without either."""
        parts = (self.document.get("firstName"), self.document.get("lastName"))
        return " ".join(part.strip() for part in parts if part).strip()

    @property
    def text(self) -> bytes:
        """The client's own fields as they are stored."""
        return msgspec.json.encode(self.document)


def decode(given: Mapping[str, Any], kind: Kind | None = None) -> Given:
    """A principal; `kind` is what it is, for one that exists. Raises Faulty with all that is wrong."""
    said = _kind(given)
    kind = kind or said
    faults = documents.faults(given, "a principal")
    faults += [
        Fault(f"`{name}` is a text", child("", name))
        for name in ("name", "email", "password", "firstName", "lastName")
        if not isinstance(given.get(name), str | None)
    ]
    if kind is None:
        faults.append(Fault("`type` is `USER` or `GROUP`", "/type"))
    elif said not in (None, kind) or ("type" in given and said is None):
        faults.append(Fault(f"the principal is a {kind}, and stays one", "/type"))
    document = documents.kept(given, KNOWN)
    if not faults:
        faults += _misfits(given, kind or "user")
    if len(msgspec.json.encode(document)) > DOCUMENT_LIMIT:
        faults.append(Fault(f"a principal has at most {DOCUMENT_LIMIT} bytes"))
    if faults:
        raise Faulty(*faults)
    return Given(kind, given.get("name"), given.get("email"), given.get("password"), document)


def _kind(given: Mapping[str, Any]) -> Kind | None:
    said = given.get("type")
    return KINDS.get(said.upper()) if isinstance(said, str) else None


def _misfits(given: Mapping[str, Any], kind: Kind) -> Iterator[Fault]:
    """What is wrong with texts that are texts."""
    limits = {
        "name": LOGIN_LIMIT if kind == "user" else GROUP_LIMIT,
        "firstName": PART_LIMIT,
        "lastName": PART_LIMIT,
    }
    for name, limit in limits.items():
        if len(given.get(name) or "") > limit:
            yield Fault(f"`{name}` has at most {limit} characters", child("", name))
    if given.get("name") is not None:
        yield from _unfit(given["name"])
    if kind == "group":
        return
    if given.get("email") is not None:
        try:
            canonical_email(given["email"])
        except Refused as refusal:
            yield Fault(str(refusal), "/email")
    if given.get("password") is not None:
        yield from password_faults(given["password"])


def _unfit(name: str) -> Iterator[Fault]:
    """Names that could not be asked for again."""
    if not PLAIN.fullmatch(name) or name != name.strip():
        yield Fault("`name` is a text without control characters, and without space at its ends", "/name")
    if "://" in name or (name.partition("/")[0].lower() in DOMAINS and "/" in name):
        yield Fault(f"`{name[:64]}` would be taken for a reference or a name in a domain", "/name")


def password_faults(password: object) -> Iterator[Fault]:
    """What is wrong with a password, which is never repeated."""
    if not isinstance(password, str) or not passwords.SHORTEST <= len(password) <= passwords.LONGEST:
        message = f"a password is a text of {passwords.SHORTEST} to {passwords.LONGEST} characters"
        yield Fault(message, "/password")


def document(principal_id: str, kind: Kind, name: str, known: Mapping[str, Any]) -> dict[str, Any]:
    """A principal as clients see it, but for `_system`; `known` are its other fields."""
    return {
        "_doc": principal_id,
        **known,
        "type": kind.upper(),
        "name": name,
        "domainId": DOMAIN,
        "domainQualifiedId": f"{DOMAIN}/{principal_id}",
        "domainQualifiedName": f"{DOMAIN}/{name}",
    }
