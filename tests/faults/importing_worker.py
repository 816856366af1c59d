"""A worker that merges an import block by block, slowly, and is given up soon."""

import asyncio
import os
from typing import Any

from services.worker import import_directory
from services.worker.__main__ import main
from shared.store import imports

SECONDS = 0.4


def patch() -> None:
    merged = imports.merged
    import_directory.BATCH_ROWS = import_directory.STRANGERS_ROWS = 1
    import_directory.LEASE_SECONDS = float(os.environ.get("FAULTS_IMPORT_LEASE_SECONDS", "2"))

    async def slowly(*given: Any) -> None:
        await asyncio.sleep(SECONDS)
        await merged(*given)

    imports.merged = slowly


if __name__ == "__main__":
    patch()
    main()
