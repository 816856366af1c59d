-- name: patience
-- across accounts: the schema is everybody's
-- Another process may be migrating, and a migration may take long.
SET lock_timeout = 0; SET statement_timeout = 0;

-- name: lock
-- across accounts: the schema is everybody's
-- Held until the connection closes.
SELECT pg_advisory_lock($1);

-- name: table_exists
-- across accounts: the schema is everybody's
SELECT to_regclass('schema_migration') IS NOT NULL;

-- name: create_table
-- across accounts: the schema is everybody's
CREATE TABLE IF NOT EXISTS schema_migration (
    name text PRIMARY KEY,
    checksum text NOT NULL,
    applied_at timestamptz NOT NULL DEFAULT now()
);

-- name: applied
-- across accounts: the schema is everybody's
SELECT name, checksum FROM schema_migration ORDER BY name;

-- name: record
-- across accounts: the schema is everybody's
INSERT INTO schema_migration (name, checksum) VALUES ($1, $2);
