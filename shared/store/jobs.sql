-- name: insert
INSERT INTO job (account_id, job_id, kind, request, token_id, token_name, log)
VALUES ($1, $2, $3, $4, $5, $6, json_build_array(json_build_object('type', 'STATUS', 'message', 'submitted',
    'timestamp', floor(extract(epoch FROM clock_timestamp()) * 1000)::bigint)));

-- name: serialise
-- across accounts: locks a number made of the account; reads nothing
SELECT pg_advisory_xact_lock(hashtextextended('transfer ' || $1::uuid::text, 0));

-- name: unfinished
SELECT count(*) FROM job WHERE account_id = $1 AND state IN ('WAITING', 'RUNNING');

-- name: get
SELECT job_id, request, state, token_id, token_name, submitted_at, started_at, stopped_at, done, total, attempt,
    killed, log, result
FROM job WHERE account_id = $1 AND job_id = $2;

-- name: page
SELECT job_id, request, state, token_id, token_name, submitted_at, started_at, stopped_at, done, total, attempt,
    killed, log, NULL::json AS result
FROM job WHERE account_id = $1 AND state = ANY($2::text[])
ORDER BY submitted_at DESC, job_id DESC OFFSET $3 LIMIT $4;

-- name: count
SELECT count(*) FROM job WHERE account_id = $1 AND state = ANY($2::text[]);

-- name: kill
UPDATE job SET state = 'ERROR', killed = true, stopped_at = clock_timestamp(), lease_until = NULL,
    log = (log::jsonb || jsonb_build_object('type', 'ERROR', 'message', $3::text,
        'timestamp', floor(extract(epoch FROM clock_timestamp()) * 1000)::bigint))::json
WHERE account_id = $1 AND job_id = $2 AND state IN ('WAITING', 'RUNNING')
RETURNING true;

-- name: claim
-- What an attempt before this one had done is done again: nothing of it is left.
UPDATE job SET state = 'RUNNING', attempt = attempt + 1, stalled = stalled + 1, done = 0, total = NULL,
    started_at = coalesce(started_at, now()), lease_until = now() + make_interval(secs => $3),
    log = (log::jsonb || jsonb_build_object('type', 'STATUS',
        'message', CASE WHEN attempt = 0 THEN 'started' ELSE format('started again, attempt %s', attempt + 1) END,
        'timestamp', floor(extract(epoch FROM clock_timestamp()) * 1000)::bigint))::json
WHERE account_id = $1 AND job_id = $2 AND stalled < $4
    AND (state = 'WAITING' OR state = 'RUNNING' AND lease_until < now())
RETURNING attempt, stalled, request, token_id, token_name;

-- name: renew
UPDATE job SET done = $4, total = $5, lease_until = now() + make_interval(secs => $6)
WHERE account_id = $1 AND job_id = $2 AND attempt = $3 AND state = 'RUNNING'
RETURNING true;

-- name: say
UPDATE job SET log = CASE WHEN json_array_length(log) >= $5 THEN log
    ELSE (log::jsonb || jsonb_build_object('type', 'STATUS', 'message', $4::text,
        'timestamp', floor(extract(epoch FROM clock_timestamp()) * 1000)::bigint))::json END
WHERE account_id = $1 AND job_id = $2 AND attempt = $3 AND state = 'RUNNING'
RETURNING true;

-- name: finish
UPDATE job SET state = 'FINISHED', stopped_at = clock_timestamp(), lease_until = NULL, stalled = 0,
    done = $4, total = $5, result = $6,
    log = (log::jsonb || jsonb_build_object('type', 'STATUS', 'message', 'finished',
        'timestamp', floor(extract(epoch FROM clock_timestamp()) * 1000)::bigint))::json
WHERE account_id = $1 AND job_id = $2 AND attempt = $3 AND state = 'RUNNING'
RETURNING true;

-- name: fail
UPDATE job SET state = 'ERROR', stopped_at = clock_timestamp(), lease_until = NULL, result = $5,
    log = (log::jsonb || jsonb_build_object('type', 'ERROR', 'message', $4::text,
        'timestamp', floor(extract(epoch FROM clock_timestamp()) * 1000)::bigint))::json
WHERE account_id = $1 AND job_id = $2 AND attempt = $3 AND state = 'RUNNING';

-- name: give_back
UPDATE job SET state = 'WAITING', lease_until = NULL, done = 0, total = NULL, stalled = stalled - $5,
    hint = hint + 1, hinted_at = now(),
    log = (log::jsonb || jsonb_build_object('type', 'STATUS', 'message', $4::text,
        'timestamp', floor(extract(epoch FROM clock_timestamp()) * 1000)::bigint))::json
WHERE account_id = $1 AND job_id = $2 AND attempt = $3 AND state = 'RUNNING'
RETURNING hint;
