"""Databases with teams whose places differed in case alone are brought to where they do not."""

from shared.store import accounts, migrate, pool

MIGRATION = next(each for each in migrate.migrations() if each.name.startswith("0012"))
GROUP = """
    INSERT INTO directory_group (account_id, group_id, name, document,
        created_at, created_by, modified_at, modified_by)
    VALUES ($1, 'g', 'g', '{}', now(), '', now(), '')
"""
TEAM = """
    INSERT INTO team (account_id, team_id, container_kind, container_id, team_key, group_id, role_keys,
        document, created_at, created_by, modified_at, modified_by)
    VALUES ($1, $2, $3, $4, 'k', 'g', '{}', '{}', now() + make_interval(secs => $5), '', now(), '')
"""
TEAMS = [
    *(("t1", "project", "Prj"), ("t2", "project", "prj"), ("t3", "project", "PRJ")),
    *(("t4", "stack", "Prj"), ("t5", "platform", "")),
]
FOUND = "SELECT team_id, container_id, team_key FROM team WHERE account_id = $1 ORDER BY team_id"


async def test_of_teams_that_are_one_but_for_case_the_later_get_other_keys(empty_databases, monkeypatch):
    dsn = await empty_databases()
    every = migrate.migrations()
    monkeypatch.setattr(migrate, "migrations", lambda: [each for each in every if each.name < MIGRATION.name])
    await migrate.migrate(dsn)
    connection = await pool.connect(dsn)
    account = await accounts.create_account(connection, "old", 16)
    await connection.execute(GROUP, account)
    for number, team in enumerate(TEAMS):
        await connection.execute(TEAM, account, *team, number)
    monkeypatch.undo()
    assert (await migrate.migrate(dsn))[0] == MIGRATION.name
    assert [tuple(row) for row in await connection.fetch(FOUND, account)] == [
        *(("t1", "prj", "k"), ("t2", "prj", "k-t2"), ("t3", "prj", "k-t3")),
        *(("t4", "prj", "k"), ("t5", "", "k")),
    ]
    await connection.close()
