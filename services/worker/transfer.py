"""The job `transfer`: claim one, do what its request says, end it."""

from services.worker.export_archive import export_archive
from services.worker.export_results import export_results
from services.worker.import_archive import import_archive
from services.worker.work import Work
from shared.wire.jobs import Hint
from shared.wire.transfer.requests import Export, Import, Results

TRANSFERS = {Export: export_archive, Import: import_archive, Results: export_results}


async def transfer(work: Work, hint: Hint) -> None:
    """Do a job."""
