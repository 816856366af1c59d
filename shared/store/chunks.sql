-- name: claim
-- Several claim at once: each skips the row that another is just taking. What was tried before comes last, so
-- that a chunk that takes its workers down holds up nothing else. Materialized, or the one row could be chosen
-- anew for each row that it is joined to.
WITH next AS MATERIALIZED (
    SELECT waiting.number FROM policy_test_chunk AS waiting
    JOIN policy_test AS test USING (account_id, test_id)
    WHERE waiting.account_id = $1 AND waiting.test_id = $2
        AND (waiting.state = 'pending' OR (waiting.state = 'running' AND waiting.lease_until < now()))
        AND test.state = 'processing' AND test.deadline > now()
    ORDER BY waiting.attempt, waiting.number LIMIT 1
    FOR UPDATE OF waiting SKIP LOCKED
)
UPDATE policy_test_chunk AS chunk
SET state = 'running', attempt = chunk.attempt + 1, lease_until = now() + make_interval(secs => $3)
FROM next
WHERE chunk.account_id = $1 AND chunk.test_id = $2 AND chunk.number = next.number
RETURNING chunk.number, chunk.attempt, chunk.first_segment, chunk.last_segment;

-- name: fence
-- First of all: the row's lock lets duplicates pass one by one, and none but the latest attempt.
UPDATE policy_test_chunk SET state = 'done', lease_until = NULL
WHERE account_id = $1 AND test_id = $2 AND number = $3 AND attempt = $4 AND state = 'running'
RETURNING true;

-- name: insert_results
INSERT INTO policy_test_result (account_id, test_id, segment, users_approved, users_blocked, users_errored,
    approved, blocked, errored)
SELECT $1, $2, result.* FROM unnest($3::integer[], $4::integer[], $5::integer[], $6::integer[], $7::bytea[],
    $8::bytea[], $9::bytea[]) AS result;

-- name: count
-- Status and counters in one update. The last chunk completes the test; an ended test takes no more.
UPDATE policy_test SET users_approved = users_approved + $3::bigint, users_blocked = users_blocked + $4::bigint,
    users_errored = users_errored + $5::bigint, chunks_done = chunks_done + 1,
    state = CASE WHEN chunks_done + 1 = chunks THEN 'complete' ELSE state END,
    finished_at = CASE WHEN chunks_done + 1 = chunks THEN now() END
WHERE account_id = $1 AND test_id = $2 AND state = 'processing' AND deadline > now()
RETURNING state;

-- name: compare
INSERT INTO policy_test_comparison (account_id, test_id, chunks, gained, lost, undecided, decided,
    unchanged, joined, departed)
VALUES ($1, $2, 1, $3, $4, $5, $6, $7, $8, $9)
ON CONFLICT (account_id, test_id) DO UPDATE SET chunks = policy_test_comparison.chunks + 1,
    gained = policy_test_comparison.gained + excluded.gained,
    lost = policy_test_comparison.lost + excluded.lost,
    undecided = policy_test_comparison.undecided + excluded.undecided,
    decided = policy_test_comparison.decided + excluded.decided,
    unchanged = policy_test_comparison.unchanged + excluded.unchanged,
    joined = policy_test_comparison.joined + excluded.joined,
    departed = policy_test_comparison.departed + excluded.departed;

-- name: give_back
UPDATE policy_test_chunk SET state = 'pending', lease_until = NULL, given_back = given_back + 1,
    hinted_at = '-infinity'
WHERE account_id = $1 AND test_id = $2 AND number = $3 AND attempt = $4 AND state = 'running';
