"""Resources as clients describe them: to be registered, or beside a question about them.

A description is closed: a misspelt `path` would make conditions on paths match nothing.
"""

from collections.abc import Mapping
from typing import Annotated, Any, NamedTuple
from uuid import UUID

import msgspec
from msgspec import Meta, Struct, ValidationError, field

from shared.directory.errors import Refused
from shared.policy.entitlement.resource import Branch, Container, Resource, folded
from shared.wire.cloudcms import documents, references
from shared.wire.cloudcms.policies import OURS
from shared.wire.cloudcms.references import Reference
from shared.wire.cloudcms.shapes import System
from shared.wire.faults import Fault, Faulty, child, from_validation

BYTES_LIMIT = 64 * 1024
PATH_LIMIT = 100
"""Paths of a resource; containers, too."""
Type = Annotated[str, Meta(pattern=r"^[A-Za-z][A-Za-z0-9_-]{0,63}$")]
Id = Annotated[str, Meta(pattern=r"^[^\s/\x00-\x1f\x7f]{1,256}$")]
Text = Annotated[str, Meta(max_length=1024)]
Path = Annotated[str, Meta(max_length=4096)]


class ContainerObject(Struct, forbid_unknown_fields=True, frozen=True):
    """A datastore around a resource."""

    type: Type
    id: Id
    title: Text | None = None


class BranchObject(Struct, forbid_unknown_fields=True, frozen=True):
    """The branch that a node is on."""

    id: Text | None = None
    title: Text | None = None
    alias: Text | None = None


class ResourceObject(Struct, forbid_unknown_fields=True, omit_defaults=True, frozen=True):
    """A resource: `type`, or `reference`, or both. Without a reference it is `type://<platform>/<id>`.

    `path` and `container` are short for lists of one; `branch` is an id or an object.
    """

    reference: Annotated[str, Meta(max_length=references.LENGTH_LIMIT)] | None = None
    type: Type | None = None
    id: Id | None = None
    path: Path | None = None
    paths: Annotated[list[Path], Meta(max_length=PATH_LIMIT)] = field(default_factory=list)
    properties: dict[str, Any] = field(default_factory=dict)
    container: ContainerObject | None = None
    containers: Annotated[list[ContainerObject], Meta(max_length=PATH_LIMIT)] = field(default_factory=list)
    branch: Text | BranchObject | None = None
    changeset: Text | None = None
    locale: Text | None = None


_CAPITALS = """
accessPolicy authenticationGrant externalServiceDescriptor logEntry
workflowModel workflowInstance workflowTask workflowComment
"""


class RegisteredResource(ResourceObject, kw_only=True, frozen=True):
    """A resource that is registered; its reference is said."""

    doc_id: str = field(name="_doc")
    about: System = field(name="_system")


TYPES = {name.lower(): name for name in _CAPITALS.split()}
"""Types whose ids have capitals: references may come in small letters."""
AROUND = {
    **dict.fromkeys(("branch", "changeset", "release", "conflict"), ("platform", "repository")),
    **dict.fromkeys(("node", "association", "deletion"), ("platform", "repository", "branch")),
    **dict.fromkeys(("user", "group"), ("platform", "domain")),
    **dict.fromkeys(("identity", "connection"), ("platform", "directory")),
    **dict.fromkeys(("tenant", "plan", "meter"), ("platform", "registrar")),
    **dict.fromkeys(("settings", "email", "emailprovider"), ("platform", "application")),
    **dict.fromkeys(("registration", "message", "page-rendition"), ("platform", "application")),
    **dict.fromkeys(("archive",), ("platform", "vault")),
    **dict.fromkeys(("auto-client-mapping", "trusted-domain-mapping"), ("platform", "webhost")),
}
"""What the ids in a reference before the last one are of, by type; of others the first is the platform."""


def referred(reference: Reference) -> Resource:
    """A resource of which no more is known than its reference."""
    kind = TYPES.get(reference.type.lower(), reference.type)
    *around, own = reference.ids
    if kind == "team":
        return Resource(str(reference), kind, own)
    known = dict(zip(AROUND.get(kind, ("platform",)), around, strict=False))
    branch = known.pop("branch", None)
    containers = tuple(Container(each, store) for each, store in known.items())
    return Resource(
        *(str(reference), kind, own, (), {}, containers),
        None if branch is None else Branch(id=branch),
    )


def decode(given: object, account: UUID, pointer: str = "") -> Resource:
    """A resource as it is described; raises Faulty with pointers that begin with this one."""
    try:
        read = msgspec.convert(_without_ours(given), ResourceObject, strict=True)
    except ValidationError as error:
        raise Faulty(from_validation(error, pointer)) from None
    reference, known = _reference(read, account, pointer)
    containers = [*([] if read.container is None else [read.container]), *read.containers]
    if containers and not any(each.type == "platform" for each in containers):
        containers.append(ContainerObject("platform", account.hex))
    properties = {"locale": read.locale} if read.locale is not None else {}
    branch = Branch(id=read.branch) if isinstance(read.branch, str) else read.branch
    return Resource(
        str(reference),
        read.type or known.type,
        read.id or known.id,
        (*([] if read.path is None else [read.path]), *read.paths),
        properties | read.properties,
        tuple(Container(each.type, each.id, each.title) for each in containers) or known.containers,
        known.branch if branch is None else Branch(branch.id, branch.title, branch.alias),
        read.changeset,
    )


def _without_ours(given: object) -> object:
    if not isinstance(given, Mapping):
        return given
    return {name: value for name, value in given.items() if name not in OURS}


def _reference(read: ResourceObject, account: UUID, pointer: str) -> tuple[Reference, Resource]:
    """The reference, and what it says by itself; one that is made says nothing that is not said."""
    if read.reference is not None:
        try:
            reference = references.parse(read.reference)
        except Refused as refusal:
            raise Faulty(Fault(str(refusal), child(pointer, "reference"))) from None
        return reference, referred(reference)
    if read.type is None:
        raise Faulty(Fault("a resource has a `type`, or a `reference`", pointer))
    made = Reference(read.type, (account.hex,) if read.id is None else (account.hex, read.id))
    containers = () if read.id is None else (Container("platform", account.hex),)
    return made, Resource(str(made), read.type, read.id, containers=containers)


class Registered(NamedTuple):
    """A resource to be kept: its reference in small letters, and its document."""

    reference: str
    document: bytes


def register(given: Mapping[str, Any], account: UUID, own: str) -> Registered:
    """A resource as it is kept; `own` is what it has in place of a reference that is missing, or of an id.

    Raises Faulty.
    """
    kept = dict(documents.kept(given))
    if kept.get("reference") is None and "://" in own:
        kept["reference"] = own
    resource = decode(kept, account)
    if kept.get("reference") is None:
        made = resource.reference if resource.id is not None else f"{resource.reference}/{own}"
        kept["reference"] = _canonical(made)
    document = msgspec.json.encode(kept)
    if len(document) > BYTES_LIMIT:
        raise Faulty(Fault(f"a resource takes at most {BYTES_LIMIT} bytes"))
    return Registered(folded(_canonical(kept["reference"])), document)


def _canonical(text: str) -> str:
    return str(references.parse(text))
