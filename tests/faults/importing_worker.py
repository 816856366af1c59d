"""A worker that merges an import block by block, slowly, and is given up soon."""

import os
import time
from typing import Any

from services.worker import import_directory, merging
from services.worker.__main__ import main

SECONDS = 0.4


def patch() -> None:
    merge = merging.merge
    import_directory.BATCH_ROWS = 1
    import_directory.LEASE_SECONDS = float(os.environ.get("FAULTS_IMPORT_LEASE_SECONDS", "2"))

    def slowly(*given: Any, **options: Any) -> Any:
        time.sleep(SECONDS)
        return merge(*given, **options)

    merging.merge = slowly


if __name__ == "__main__":
    patch()
    main()
