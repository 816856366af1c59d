"""Every query is one that PostgreSQL knows how to run, and stays within an account unless it says why not."""

import re
from pathlib import Path

import pytest

from shared.store import migrate, queries

FOLDER = Path(queries.__file__).parent
QUERIES = {
    f"{path.stem}.{query.name}": query
    for path in sorted(FOLDER.glob("*.sql"))
    for query in queries.parse(path.read_text()).values()
}
TWO_STATEMENTS = {"migrate.patience"}  # which PostgreSQL prepares one by one
SCHEMA = "\n".join(migration.text for migration in migrate.migrations())
TABLES = set(re.findall(r"^CREATE TABLE (\w+) \(", SCHEMA, re.MULTILINE))
WITHIN = [name for name, query in QUERIES.items() if query.across_accounts is None]


@pytest.mark.parametrize("name", sorted(QUERIES.keys() - TWO_STATEMENTS))
async def test_a_query_can_be_prepared(connection, name):
    statement = await connection.prepare(QUERIES[name].text)
    numbers = {int(number) for number in re.findall(r"\$(\d+)", QUERIES[name].text)}
    assert numbers == set(range(1, len(statement.get_parameters()) + 1))


def tables_of(text):
    """Each mention of a table as a source or target of rows."""
    words = re.findall(r"\b(?:FROM|JOIN|UPDATE|INTO|USING)\s+(\w+)", text)
    return [word for word in words if word in TABLES]


@pytest.mark.parametrize("name", WITHIN)
def test_a_query_names_the_account_once_for_each_table_that_it_touches(name):
    text = QUERIES[name].text
    named = len(re.findall(r"\baccount_id = \$1\b|\bUSING \(account_id\b", text))
    inserted = len(re.findall(r"INTO \w+ \([^)]*\baccount_id\b", text))
    assert tables_of(text)
    assert named + inserted >= len(tables_of(text))


@pytest.mark.parametrize("name", sorted(QUERIES.keys() - set(WITHIN)))
def test_a_query_across_accounts_says_why(name):
    assert len(QUERIES[name].across_accounts) > 10


def test_names_of_queries_are_unique_within_a_file():
    for path in FOLDER.glob("*.sql"):
        assert len(queries.parse(path.read_text())) == path.read_text().count("-- name: ")


def test_every_query_is_used():
    for path in FOLDER.glob("*.sql"):
        reader = path.with_suffix(".py").read_text()
        unused = [name for name in queries.parse(path.read_text()) if f'"{name}"' not in reader]
        assert unused == []
