-- name: try_lock
-- across accounts: one sweeper for all
SELECT pg_try_advisory_xact_lock(hashtextextended('sweep', 0));

-- name: park
-- across accounts: the sweeper serves all
-- One statement, so that a chunk is never parked while its test goes on.
WITH parked AS (
    UPDATE policy_test_chunk SET state = 'parked', lease_until = NULL
    WHERE state = 'running' AND lease_until < now() AND attempt - given_back >= $1
    RETURNING account_id, test_id, first_segment, last_segment)
UPDATE policy_test AS test SET state = 'failed', finished_at = now(),
    failure = format('evaluating segments %s to %s stopped its worker %s times', first_segment, last_segment, $1)
FROM parked
WHERE test.account_id = parked.account_id AND test.test_id = parked.test_id AND test.state = 'processing';

-- name: release
-- across accounts: the sweeper serves all
-- The open chunks of ended tests. After, not while, their tests end: finishing locks a chunk before its test.
WITH over AS MATERIALIZED (
    SELECT waiting.account_id, waiting.test_id, waiting.number FROM policy_test_chunk AS waiting
    JOIN policy_test AS test USING (account_id, test_id)
    WHERE waiting.state IN ('pending', 'running') AND test.finished_at IS NOT NULL
    LIMIT 1000 FOR UPDATE OF waiting SKIP LOCKED
)
UPDATE policy_test_chunk AS chunk SET state = 'parked', lease_until = NULL
FROM over
WHERE chunk.account_id = over.account_id AND chunk.test_id = over.test_id AND chunk.number = over.number;

-- name: lost_chunks
-- across accounts: the sweeper serves all
-- Each further hint waits twice as long as the one before: a long queue must not fill with repeated hints.
WITH lost AS MATERIALIZED (
    SELECT waiting.account_id, waiting.test_id, waiting.number FROM policy_test_chunk AS waiting
    JOIN policy_test AS test USING (account_id, test_id)
    WHERE test.state = 'processing' AND test.deadline > now()
        AND (waiting.state = 'running' AND waiting.lease_until < now()
            OR waiting.state = 'pending'
                AND waiting.hinted_at < now() - make_interval(secs => $1 * (1 << least(waiting.hint, 5))))
    ORDER BY waiting.hinted_at LIMIT 1000
    FOR UPDATE OF waiting SKIP LOCKED
)
UPDATE policy_test_chunk AS chunk
SET state = 'pending', lease_until = NULL, hint = chunk.hint + 1, hinted_at = now()
FROM lost
WHERE chunk.account_id = lost.account_id AND chunk.test_id = lost.test_id AND chunk.number = lost.number
RETURNING chunk.account_id, chunk.test_id, chunk.number, chunk.hint;

-- name: fail_plans
-- across accounts: the sweeper serves all
UPDATE policy_test SET state = 'failed', finished_at = now(), failure = 'planning the test stopped its worker'
WHERE state = 'queued' AND attempt >= $1 AND lease_until < now();

-- name: lost_plans
-- across accounts: the sweeper serves all
UPDATE policy_test SET hint = hint + 1, hinted_at = now()
WHERE state = 'queued' AND deadline > now() AND (lease_until IS NULL OR lease_until < now())
    AND hinted_at < now() - make_interval(secs => $1 * (1 << least(hint, 5)))
RETURNING account_id, test_id, 0, hint;

-- name: fail_imports
-- across accounts: the sweeper serves all
WITH failed AS (
    UPDATE directory_import SET state = 'failed', finished_at = now(), lease_until = NULL,
        failure = 'merging stopped its worker again and again; what was merged before stays'
    WHERE state = 'processing' AND stalled >= $1 AND lease_until < now()
    RETURNING account_id, import_id)
DELETE FROM import_block AS block USING failed
WHERE block.account_id = failed.account_id AND block.import_id = failed.import_id;

-- name: lost_imports
-- across accounts: the sweeper serves all
UPDATE directory_import SET hint = hint + 1, hinted_at = now()
WHERE state = 'processing' AND (lease_until IS NULL OR lease_until < now())
    AND (hinted_at < now() - make_interval(secs => $1 * (1 << least(hint, 5))) OR lease_until < now())
RETURNING account_id, import_id, 0, hint;

-- name: fail_jobs
-- across accounts: the sweeper serves all
-- What is just being ended or renewed is skipped: it may take its time, and all other work would wait with it.
WITH ended AS MATERIALIZED (
    SELECT account_id, job_id FROM job
    WHERE state = 'RUNNING' AND lease_until < now() AND stalled >= $1 FOR UPDATE SKIP LOCKED
)
UPDATE job SET state = 'ERROR', stopped_at = clock_timestamp(), lease_until = NULL,
    log = (job.log::jsonb || jsonb_build_object('type', 'ERROR',
        'message', format('a fault of the service: the job stopped its worker %s times', stalled),
        'timestamp', floor(extract(epoch FROM clock_timestamp()) * 1000)::bigint))::json
FROM ended WHERE job.account_id = ended.account_id AND job.job_id = ended.job_id;

-- name: lost_jobs
-- across accounts: the sweeper serves all
WITH lost AS MATERIALIZED (
    -- One to be ended that was skipped is left for the next round: nobody would claim it, nor end it any more.
    SELECT account_id, job_id FROM job
    WHERE state = 'RUNNING' AND lease_until < now() AND stalled < $2
        OR state = 'WAITING' AND hinted_at < now() - make_interval(secs => $1 * (1 << least(hint, 5)))
    ORDER BY hinted_at LIMIT 1000
    FOR UPDATE SKIP LOCKED
)
UPDATE job SET state = 'WAITING', lease_until = NULL, hint = job.hint + 1, hinted_at = now()
FROM lost WHERE job.account_id = lost.account_id AND job.job_id = lost.job_id
RETURNING job.account_id, job.job_id, 0, job.hint;

-- name: expire
-- across accounts: the sweeper serves all
UPDATE policy_test SET state = 'exceeded_time', finished_at = now(), lease_until = NULL
WHERE state IN ('queued', 'processing') AND deadline <= now()
RETURNING test_id;

-- name: forget_tests
-- across accounts: the sweeper serves all
DELETE FROM policy_test WHERE finished_at < now() - make_interval(days => $1) RETURNING test_id;

-- name: forget_imports
-- across accounts: the sweeper serves all
DELETE FROM directory_import WHERE finished_at < now() - make_interval(days => $1) RETURNING import_id;

-- name: forget_jobs
-- across accounts: the sweeper serves all
DELETE FROM job WHERE stopped_at < now() - make_interval(days => $1) RETURNING job_id;

-- name: forget_sessions
-- across accounts: the sweeper serves all
DELETE FROM session WHERE expires_at < now() RETURNING session_id;

-- name: forget_tokens
-- across accounts: the sweeper serves all
DELETE FROM token WHERE session_id IS NOT NULL AND expires_at < now() RETURNING public_id;

-- name: collectable
-- across accounts: the sweeper serves all
SELECT account_id FROM account
WHERE collected < least(version, (
    SELECT min(test.version) FROM policy_test AS test WHERE test.account_id = account.account_id));

-- name: hold
-- Nothing if the account is being written or pinned: another time. The next statement sees all pins.
SELECT version FROM account WHERE account_id = $1 FOR UPDATE SKIP LOCKED;

-- name: oldest_needed
SELECT least($2::bigint, (SELECT min(version) FROM policy_test WHERE account_id = $1));

-- name: collect_users
-- Ordered, so that it goes through the index of what ended: without statistics, as after a first import, a
-- scan of the whole table for the first few of a third of its rows looks cheap, and there are none.
DELETE FROM users WHERE account_id = $1 AND ctid = ANY(ARRAY(
    SELECT ctid FROM users
    WHERE account_id = $1 AND valid_to < 9223372036854775807 AND valid_to <= $2
    ORDER BY valid_to LIMIT $3))
RETURNING ordinal;

-- name: collect_postings
DELETE FROM posting WHERE account_id = $1 AND ctid = ANY(ARRAY(
    SELECT ctid FROM posting
    WHERE account_id = $1 AND valid_to < 9223372036854775807 AND valid_to <= $2
    ORDER BY valid_to LIMIT $3))
RETURNING segment;

-- name: collected
UPDATE account SET collected = $2 WHERE account_id = $1;

-- name: long_logs
-- across accounts: the sweeper serves all
SELECT account_id FROM posting_change GROUP BY account_id HAVING count(*) > $1;
