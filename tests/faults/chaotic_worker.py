"""A worker that is slow at everything."""

from services.worker.__main__ import main
from tests.faults import importing_worker, slow_worker

if __name__ == "__main__":
    slow_worker.patch()
    importing_worker.patch()
    main()
