-- name: serialise_starts
-- across accounts: locks a number made of the account; reads nothing
SELECT pg_advisory_xact_lock(hashtextextended('start ' || $1::uuid::text, 0));

-- name: same_key
SELECT test_id, body_digest FROM policy_test
WHERE account_id = $1 AND token_id = $2 AND idempotency_key = $3;

-- name: same_body
SELECT test_id FROM policy_test
WHERE account_id = $1 AND token_id = $2 AND body_digest = $3
    AND created_at > now() - make_interval(secs => $4)
ORDER BY created_at LIMIT 1;

-- name: running
SELECT count(*) FROM policy_test WHERE account_id = $1 AND state IN ('queued', 'processing');

-- name: insert
-- The directory's size is a first word; pinning says the last.
INSERT INTO policy_test (account_id, test_id, state, plan, source, token_id, body_digest, idempotency_key,
    deadline, total_users, segment_bits)
VALUES ($1, $2, 'queued', $3, $4, $5, $6, $7, now() + make_interval(secs => $8), $9, $10);

-- name: pin
-- A test of nobody is complete as soon as it is pinned.
UPDATE policy_test SET version = $3, total_users = $4, addresses = $5, chunks = $6::integer, started_at = now(),
    lease_until = NULL,
    state = CASE WHEN $6::integer = 0 THEN 'complete' ELSE 'processing' END,
    finished_at = CASE WHEN $6::integer = 0 THEN now() END
WHERE account_id = $1 AND test_id = $2 AND state = 'queued' AND deadline > now()
RETURNING test_id;

-- name: insert_chunks
INSERT INTO policy_test_chunk (account_id, test_id, number, first_segment, last_segment)
SELECT $1, $2, number - 1, first_segment, last_segment
FROM unnest($3::integer[], $4::integer[]) WITH ORDINALITY AS chunk (first_segment, last_segment, number);

-- name: claim_plan
UPDATE policy_test SET attempt = attempt + 1, lease_until = now() + make_interval(secs => $3)
WHERE account_id = $1 AND test_id = $2 AND state = 'queued' AND deadline > now() AND attempt < $4
    AND (lease_until IS NULL OR lease_until < now())
RETURNING attempt, plan;

-- name: give_back_plan
-- Uncharged: attempts count those whose worker it took down.
UPDATE policy_test SET attempt = attempt - 1, lease_until = NULL, hinted_at = '-infinity'
WHERE account_id = $1 AND test_id = $2 AND attempt = $3 AND state = 'queued';

-- name: pinned
SELECT test.plan, test.addresses, test.version, test.segment_bits, given.base_id
FROM policy_test AS test
LEFT JOIN policy_test_expectation AS given ON given.account_id = $1 AND given.test_id = test.test_id
WHERE test.account_id = $1 AND test.test_id = $2 AND test.version IS NOT NULL;

-- name: run
SELECT test.test_id, state, total_users, users_approved, users_blocked, users_errored, created_at, started_at,
    finished_at, failure, given.base_id
FROM policy_test AS test
LEFT JOIN policy_test_expectation AS given ON given.account_id = $1 AND given.test_id = test.test_id
WHERE test.account_id = $1 AND test.test_id = $2;

-- name: page
SELECT test_id, state, total_users, users_approved, users_blocked, users_errored, created_at, started_at,
    finished_at, failure
FROM policy_test WHERE account_id = $1 AND ($2::text IS NULL OR state = $2)
ORDER BY created_at DESC, test_id OFFSET $3 LIMIT $4;

-- name: number
SELECT count(*) FROM policy_test WHERE account_id = $1 AND ($2::text IS NULL OR state = $2);

-- name: source
SELECT source FROM policy_test WHERE account_id = $1 AND test_id = $2;

-- name: cancel
UPDATE policy_test SET state = 'cancelled', finished_at = now(), lease_until = NULL
WHERE account_id = $1 AND test_id = $2 AND state IN ('queued', 'processing')
RETURNING test_id, state, total_users, users_approved, users_blocked, users_errored, created_at, started_at,
    finished_at, failure;

-- name: ended_by
SELECT EXISTS (SELECT FROM audit_entry
    WHERE account_id = $1 AND subject_id = $2 AND kind = 'policy_test' AND action IN ('cancel', 'delete')
        AND token_id = $3 AND at > now() - make_interval(secs => $4));

-- name: remove_chunks
-- Before the test, for finishing a chunk locks the two in this order.
DELETE FROM policy_test_chunk WHERE account_id = $1 AND test_id = $2;

-- name: remove
DELETE FROM policy_test WHERE account_id = $1 AND test_id = $2 AND finished_at IS NOT NULL RETURNING test_id;

-- name: counted
SELECT segment, users_approved, users_blocked, users_errored FROM policy_test_result
WHERE account_id = $1 AND test_id = $2 ORDER BY segment;

-- name: bitmaps
SELECT segment, approved, blocked, errored FROM policy_test_result
WHERE account_id = $1 AND test_id = $2 AND segment = ANY($3::integer[]);

-- name: snapshot
SELECT version, segment_bits FROM policy_test WHERE account_id = $1 AND test_id = $2;
