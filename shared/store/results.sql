-- name: people
-- All of a range of ordinals, in the order of the primary key: nobody is looked up one by one.
SELECT ordinal, user_id, email, name FROM users
WHERE account_id = $1 AND ordinal BETWEEN $3 AND $4 AND valid_from <= $2 AND valid_to > $2
ORDER BY ordinal;

-- name: forget
-- across accounts: the sweeper serves all
-- Whoever removes a test means its results, wherever they were written to. The bytes are swept by themselves.
-- By CASE, for other archives are not called after a test, and conditions have no order.
DELETE FROM archive WHERE kind = 'results' AND group_id = $1 AND NOT EXISTS (
    SELECT FROM policy_test AS test WHERE test.account_id = archive.account_id
        AND test.test_id = CASE WHEN kind = 'results' AND group_id = $1 THEN artifact_id::uuid END)
RETURNING archive_id;
