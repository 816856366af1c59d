"""`gatehouse migrate`: the schema that this version needs."""

import click

from services.operator import database, output

EXAMPLE = "\b\nExample:\n  DATABASE_URL=postgresql://gatehouse@db/gatehouse gatehouse migrate"


@click.command(epilog=EXAMPLE)
@output.as_json_option
def migrate(*, as_json: bool) -> None:
    """Bring the database up to date; nothing happens to one that is."""
    applied = database.migrate()
    result = "\n".join(f"applied {name}" for name in applied) or "nothing to apply"
    output.say({"applied": applied}, as_json=as_json, result=result, remark="the database is up to date")
