"""Archives as clients see them."""

from msgspec import UNSET, convert

from services.gateway.cloudcms.transfers.addresses import VAULT
from shared.store.archives import Archive
from shared.wire.cloudcms.archive_shapes import ArchiveDocument
from shared.wire.cloudcms.shapes import System
from shared.wire.cloudcms.system import system

ZIP = "application/zip"


def document(archive: Archive) -> ArchiveDocument:
    """An archive."""
    where, label = archive.heading.coordinates, archive.heading.label
    about = (archive.created_at, archive.created_by)
    return ArchiveDocument(
        id=archive.id.hex,
        group=where.group,
        artifact=where.artifact,
        version=where.version,
        type=archive.heading.kind,
        content_type=archive.heading.content_type,
        length=archive.length,
        sha256=archive.digest.hex(),
        filename=where.file,
        published=label.published,
        title=UNSET if label.title is None else label.title,
        description=UNSET if label.description is None else label.description,
        vault_id=VAULT,
        about=convert(system(*about, *about), System),
    )
