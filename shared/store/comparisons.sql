-- name: base
-- One row at least while the base is there: its verdicts go with it, in one statement.
SELECT result.segment, result.approved, result.blocked, result.errored
FROM policy_test AS base
LEFT JOIN policy_test_result AS result ON result.account_id = $1 AND result.test_id = base.test_id
    AND result.segment BETWEEN $3 AND $4
WHERE base.account_id = $1 AND base.test_id = $2 AND base.state = 'complete';

-- name: whole
SELECT gained, lost, undecided, decided, unchanged, joined, departed
FROM policy_test_comparison AS known
JOIN policy_test AS test ON test.account_id = $1 AND test.test_id = known.test_id AND test.chunks = known.chunks
WHERE known.account_id = $1 AND known.test_id = $2;
