"""The transfer `import_archive`: read an archive into an account."""

from services.worker.running import Running
from services.worker.work import Work
from shared.wire.transfer.requests import Import


async def import_archive(work: Work, running: Running, request: Import) -> None:
    """To be written."""
