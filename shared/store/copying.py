"""COPY into tables that ends when its connection does.

asyncpg waits for room to write as long as it takes; a connection that is lost meanwhile never gives any.
"""

import asyncio
from collections.abc import Coroutine
from contextlib import suppress
from typing import Any

import asyncpg

from shared.store.pool import Connection


async def copy(connection: Connection, copying: Coroutine[Any, Any, str]) -> None:
    """Do a COPY of a connection; raises asyncpg.ConnectionDoesNotExistError as soon as that is lost."""
    lost, task = False, asyncio.create_task(copying)

    def end(_: object) -> None:
        nonlocal lost
        lost = True
        task.cancel()

    connection.add_termination_listener(end)
    try:
        await task
    except asyncio.CancelledError:
        us = asyncio.current_task()
        if lost and us is not None and not us.cancelling():
            raise asyncpg.ConnectionDoesNotExistError("the connection was lost during a COPY") from None
        raise
    finally:
        with suppress(asyncpg.InterfaceError):  # it is not ours any more
            connection.remove_termination_listener(end)
