"""The transfer `export_results`: write the verdicts of a policy test."""

from services.worker.running import Running
from services.worker.work import Work
from shared.wire.transfer.requests import Results


async def export_results(work: Work, running: Running, request: Results) -> None:
    """To be written."""
