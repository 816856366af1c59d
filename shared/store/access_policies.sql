-- name: several
SELECT found.* FROM unnest($2::text[]) AS wanted (policy_id) CROSS JOIN LATERAL (
    SELECT policy_id, document, created_at, created_by, modified_at, modified_by FROM access_policy
    WHERE account_id = $1 AND policy_id = wanted.policy_id OFFSET 0) AS found;

-- name: page
SELECT policy_id, document, created_at, created_by, modified_at, modified_by FROM access_policy
WHERE account_id = $1 ORDER BY created_at, policy_id LIMIT $3 OFFSET $2;

-- name: usage
SELECT count(*), coalesce(sum(bytes), 0)::bigint FROM access_policy WHERE account_id = $1;

-- name: insert
INSERT INTO access_policy (account_id, policy_id, document, bytes, version, created_at, created_by, modified_at,
    modified_by)
SELECT $1::uuid, $2::text, $3::json, $4::integer, $5::bigint, moment, $6::text, moment, $6::text
FROM clock_timestamp() AS moment;

-- name: put
UPDATE access_policy SET document = $3, bytes = $4, version = $5, modified_at = clock_timestamp(), modified_by = $6
WHERE account_id = $1 AND policy_id = $2;

-- name: delete
DELETE FROM access_policy WHERE account_id = $1 AND policy_id = $2;

-- name: unassign
DELETE FROM assignment WHERE account_id = $1 AND policy_id = $2;

-- name: revoke
DELETE FROM authority_grant WHERE account_id = $1 AND permissioned = $2;
