"""Vaults and archives as clients read them."""

from typing import Annotated, Literal

from msgspec import UNSET, Meta, Struct, UnsetType, field

from shared.wire.cloudcms.shapes import System


class VaultDocument(Struct, frozen=True):
    """The one vault of an account."""

    id: str = field(name="_doc")
    type: Literal["vault"]
    title: str
    primary: bool


class ArchiveDocument(Struct, frozen=True, kw_only=True):
    """An archive: its name in three parts, of what kind it is, how long in bytes, the SHA-256 of them.

    `type` is `export`, or `results` for the results of a policy test. `filename` is what it is called when it
    is downloaded.
    """

    id: str = field(name="_doc")
    group: str
    artifact: str
    version: str
    type: str
    content_type: str = field(name="contentType")
    length: Annotated[int, Meta(ge=0)]
    sha256: str
    filename: str
    published: bool
    title: str | UnsetType = UNSET
    description: str | UnsetType = UNSET
    vault_id: str = field(name="vaultId")
    about: System = field(name="_system")


class UploadedDocument(Struct, frozen=True, kw_only=True):
    """An archive that was uploaded, for either kind of clients: some read `_doc`, some the one row."""

    id: str = field(name="_doc")
    ok: bool = True
    total_rows: int = 1
    offset: int = 0
    size: int = 1
    rows: list[ArchiveDocument]
