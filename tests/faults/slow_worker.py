"""A worker that takes its time with each chunk, so that a fault can hit it."""

import os
import time
from typing import Any

from services.worker import evaluate
from services.worker.__main__ import main


def patch() -> None:
    seconds, judged = float(os.environ.get("FAULTS_CHUNK_SECONDS", "0.05")), evaluate.judged

    def slowly(*given: Any) -> Any:
        time.sleep(seconds)
        return judged(*given)

    evaluate.judged = slowly


if __name__ == "__main__":
    patch()
    main()
