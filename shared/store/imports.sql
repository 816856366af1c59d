-- name: patience
-- across accounts: a setting of this transaction
SET LOCAL statement_timeout = 0;

-- name: insert
INSERT INTO directory_import (account_id, import_id, format, header, errors) VALUES ($1, $2, $3, '', $4);

-- name: received
UPDATE directory_import SET header = $3, hinted_at = now(), rows_total = (
    SELECT coalesce(sum(rows), 0) FROM import_block WHERE account_id = $1 AND import_id = $2)
WHERE account_id = $1 AND import_id = $2
RETURNING format, rows_total;

-- name: progress
SELECT import_id AS id, state AS status, rows_total, rows_read, users_created, users_updated, users_unchanged,
    users_deleted, rows_rejected, errors, failure, created_at, finished_at
FROM directory_import WHERE account_id = $1 AND import_id = $2;

-- name: claim
UPDATE directory_import SET attempt = attempt + 1, stalled = stalled + 1,
    lease_until = now() + make_interval(secs => $3)
WHERE account_id = $1 AND import_id = $2 AND state = 'processing'
    AND (lease_until IS NULL OR lease_until < now())
RETURNING attempt, format, header, rows_total;

-- name: brought_strangers
SELECT users_created > 0 AND users_created + rows_rejected = rows_read FROM directory_import
WHERE account_id = $1 AND import_id = $2;

-- name: blocks
SELECT number, first_line, rows, data FROM (
    SELECT number, first_line, rows, data, sum(rows) OVER (ORDER BY number) - rows AS before
    FROM import_block WHERE account_id = $1 AND import_id = $2 AND number > $3
) AS block
WHERE before < $4 ORDER BY number LIMIT $5;

-- name: fence
SELECT true FROM directory_import
WHERE account_id = $1 AND import_id = $2 AND attempt = $3 AND state = 'processing' FOR UPDATE;

-- name: errors
SELECT errors FROM directory_import WHERE account_id = $1 AND import_id = $2;

-- name: merged
UPDATE directory_import SET rows_read = rows_read + $3, users_created = users_created + $4,
    users_updated = users_updated + $5, users_unchanged = users_unchanged + $6,
    users_deleted = users_deleted + $7, rows_rejected = rows_rejected + $8, errors = $9,
    lease_until = now() + make_interval(secs => $10), stalled = 0
WHERE account_id = $1 AND import_id = $2;

-- name: drop_blocks
DELETE FROM import_block WHERE account_id = $1 AND import_id = $2 AND number <= $3;

-- name: complete
-- Blank lines are no rows: the total, an estimate until now, is what was read.
UPDATE directory_import SET state = 'complete', finished_at = now(), lease_until = NULL, rows_total = rows_read
WHERE account_id = $1 AND import_id = $2 AND attempt = $3 AND state = 'processing';

-- name: fail
WITH failed AS (
    UPDATE directory_import SET state = 'failed', failure = $4, finished_at = now(), lease_until = NULL
    WHERE account_id = $1 AND import_id = $2 AND attempt = $3 AND state = 'processing'
    RETURNING account_id, import_id)
DELETE FROM import_block USING failed
WHERE import_block.account_id = $1 AND import_block.import_id = failed.import_id;

-- name: pause
UPDATE directory_import SET lease_until = NULL, hint = hint + 1, hinted_at = now(),
    stalled = greatest(stalled - 1, 0)
WHERE account_id = $1 AND import_id = $2 AND attempt = $3 AND state = 'processing'
RETURNING hint;
