"""What a worker counts. Never by account, test or user: those are without end."""

from prometheus_client import Counter, Gauge, Histogram

JOBS = Counter("gatehouse_jobs_total", "Jobs by kind and how they ended", ["kind", "ending"])
JOB_SECONDS = Histogram("gatehouse_job_duration_seconds", "From pick-up to end", ["kind"])
CHUNKS = Counter("gatehouse_chunks_total", "Chunks by what became of them", ["ending"])
EVALUATED = Counter("gatehouse_users_evaluated_total", "Users by verdict", ["verdict"])
IMPORTED = Counter(
    "gatehouse_import_rows_total", "Rows of directory imports by what became of them", ["ending"]
)
TRANSFERS = Counter(
    "gatehouse_transfers_total", "Attempts at exports and imports by what became of them", ["ending"]
)
SWEPT = Counter("gatehouse_swept_total", "What the sweeper found", ["finding"])
MEMORY = Gauge("gatehouse_posting_memory_bytes", "Postings kept in memory")
