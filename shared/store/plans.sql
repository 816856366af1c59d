-- name: plan
SELECT plan FROM policy_test WHERE account_id = $1 AND test_id = $2;
