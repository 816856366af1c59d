"""A Redis connection that survives what Redis does: restarts, silence, partitions."""

from arq.connections import ArqRedis
from redis.asyncio import BlockingConnectionPool
from redis.asyncio.retry import Retry
from redis.backoff import ExponentialBackoff
from redis.exceptions import ConnectionError as RedisConnectionError
from redis.exceptions import TimeoutError as RedisTimeoutError

from shared.wire import jobs

CONNECTIONS = 20
TIMEOUT_SECONDS = 2.0
WEEK_MILLISECONDS = 7 * 24 * 3600 * 1000


def connect(url: str, retries: int, queue: jobs.Queue = jobs.Queue.CHUNKS) -> ArqRedis:
    """A client that connects when first used, and gives up after some retries.

    Reconnecting raises OSError, which redis-py's own list of what to retry does not have.
    """
    pool = BlockingConnectionPool.from_url(
        url,
        max_connections=CONNECTIONS,
        timeout=TIMEOUT_SECONDS,
        socket_timeout=TIMEOUT_SECONDS,
        socket_connect_timeout=TIMEOUT_SECONDS,
        retry=Retry(ExponentialBackoff(cap=1, base=0.05), retries),
        retry_on_error=[OSError, RedisConnectionError, RedisTimeoutError],
    )
    return ArqRedis(
        pool,
        job_serializer=jobs.encode,
        job_deserializer=jobs.decode,
        default_queue_name=queue.value,
        expires_extra_ms=WEEK_MILLISECONDS,
    )
