-- name: insert
INSERT INTO policy_test_expectation (account_id, test_id, base_id, expectations) VALUES ($1, $2, $3, $4);

-- name: get
SELECT base_id, expectations FROM policy_test_expectation WHERE account_id = $1 AND test_id = $2;

-- name: given
SELECT base_id, expectations IS NOT NULL FROM policy_test_expectation WHERE account_id = $1 AND test_id = $2;
