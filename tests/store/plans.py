"""Plans of queries as they ran, and what PostgreSQL knows of tables when it makes them."""

import json

IN_VAIN = 3_000
"""Rows that a query may read for nothing; a scan of a table or of an account's part of it reads more."""


def forget(*tables):
    """A statement after which it knows of these tables as little as before their first ANALYZE."""
    named = ", ".join(f"'{table}'::regclass" for table in tables)
    return f"""
        WITH forgotten AS (DELETE FROM pg_statistic WHERE starelid IN ({named}))
        UPDATE pg_class SET reltuples = -1, relpages = 0 WHERE oid IN ({named})
    """


ANALYSE = "ANALYZE users, posting"
# What is done before the account is there, and when it is.
STATISTICS = {
    "analysed": ("SELECT", ANALYSE),
    "analysed before it was there": (ANALYSE, "SELECT"),
    "never analysed": ("SELECT", forget("users", "posting")),
}


async def nodes(account, query, *values):
    """The nodes of a query's plan, as it ran; what it changed is undone."""
    transaction = account.connection.transaction()
    await transaction.start()
    text = await account.connection.fetchval(f"EXPLAIN (ANALYZE, FORMAT JSON) {query}", account.id, *values)
    await transaction.rollback()
    found, waiting = [], [json.loads(text)[0]["Plan"]]
    while waiting:
        found.append(waiting.pop())
        waiting += found[-1].get("Plans", [])
    return found


def kinds(found):
    return {node["Node Type"] for node in found}


def by_index(found):
    """Whether any rows of a plan are found by an index."""
    return any(kind.startswith(("Index", "Bitmap Index")) for kind in kinds(found))


def read_in_vain(found):
    """How many rows all nodes of a plan read and dropped."""
    return sum(
        node[name] * node["Actual Loops"]
        for node in found
        for name in node
        if name.startswith("Rows Removed by ")
    )
