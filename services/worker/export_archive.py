"""The transfer `export_archive`: write an archive of an account's things."""

from services.worker.running import Running
from services.worker.work import Work
from shared.wire.transfer.requests import Export


async def export_archive(work: Work, running: Running, request: Export) -> None:
    """To be written."""
