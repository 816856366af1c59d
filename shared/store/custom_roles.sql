-- name: all
SELECT role_key, document, created_at, created_by, modified_at, modified_by FROM custom_role
WHERE account_id = $1 ORDER BY created_at, role_key;

-- name: one
SELECT role_key, document, created_at, created_by, modified_at, modified_by FROM custom_role
WHERE account_id = $1 AND role_key = $2;

-- name: count
SELECT count(*) FROM custom_role WHERE account_id = $1;

-- name: insert
INSERT INTO custom_role (account_id, role_key, document, created_at, created_by, modified_at, modified_by)
SELECT $1::uuid, $2::text, $3::json, moment, $4::text, moment, $4::text FROM clock_timestamp() AS moment;

-- name: put
UPDATE custom_role SET document = $3, modified_at = clock_timestamp(), modified_by = $4
WHERE account_id = $1 AND role_key = $2;

-- name: delete
DELETE FROM custom_role WHERE account_id = $1 AND role_key = $2;

-- name: naming
-- Read while nobody writes: a policy's document is as it was sent, with keys in any case.
SELECT kind, id FROM (
    SELECT 'policy' AS kind, policy_id AS id FROM access_policy,
        LATERAL json_array_elements(
            CASE json_typeof(document -> 'statements') WHEN 'array' THEN document -> 'statements' ELSE '[]' END
        ) AS statement,
        LATERAL json_array_elements_text(statement -> 'roles') AS role
    WHERE access_policy.account_id = $1 AND lower(role) = $2
    UNION
    SELECT 'team', team_id FROM team WHERE account_id = $1 AND $2 = ANY(role_keys)
    UNION
    SELECT 'grant', grant_id FROM authority_grant WHERE account_id = $1 AND role = $2
) AS naming ORDER BY kind, id LIMIT $3;
