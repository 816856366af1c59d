-- name: patience
-- across accounts: a setting of the transaction; reads nothing
-- Whoever takes the rows may be slow, and nothing waits for a transaction that only reads.
SELECT set_config('idle_in_transaction_session_timeout', $1, true), set_config('statement_timeout', $1, true);

-- What follows is of an account's things those with some ids; all of them if there are none given. An
-- account's are not that many, and read once for an export.

-- name: roles
SELECT role_key, document FROM custom_role
WHERE account_id = $1 AND ($2::text[] IS NULL OR role_key = ANY($2)) ORDER BY role_key;

-- name: resources
SELECT resource_id, document FROM registered_resource
WHERE account_id = $1 AND ($2::text[] IS NULL OR resource_id = ANY($2)) ORDER BY resource_id;

-- name: groups
SELECT group_id, name, ARRAY(
        SELECT member_id FROM group_nesting
        WHERE account_id = $1 AND group_nesting.group_id = directory_group.group_id ORDER BY group_id, member_id
    ) AS members, document
FROM directory_group WHERE account_id = $1 AND ($2::text[] IS NULL OR group_id = ANY($2)) ORDER BY group_id;

-- name: policies
SELECT policy_id, document FROM access_policy
WHERE account_id = $1 AND ($2::text[] IS NULL OR policy_id = ANY($2)) ORDER BY policy_id;

-- name: teams
SELECT team_id, container_kind, container_id, team_key, group_id, role_keys, document FROM team
WHERE account_id = $1 AND ($2::text[] IS NULL OR team_id = ANY($2)) ORDER BY team_id;

-- name: assignments
-- Each holder's name is looked up by itself, see principals.sql.
SELECT policy_id, holder_kind, holder_id, CASE holder_kind
    WHEN 'user' THEN (
        SELECT email FROM users WHERE account_id = $1 AND user_id = assignment.holder_id::uuid
            AND valid_to = 9223372036854775807)
    WHEN 'group' THEN (
        SELECT CASE group_id WHEN assignment.holder_id THEN name END FROM directory_group
        WHERE account_id = $1 AND group_id >= assignment.holder_id ORDER BY group_id LIMIT 1)
    ELSE (
        SELECT CASE team_id WHEN assignment.holder_id THEN team_key END FROM team
        WHERE account_id = $1 AND team_id >= assignment.holder_id ORDER BY team_id LIMIT 1)
    END AS name
FROM assignment WHERE account_id = $1 AND ($2::text[] IS NULL OR policy_id = ANY($2))
ORDER BY policy_id, holder_kind, holder_id;

-- name: grants
SELECT grant_id, permissioned, role, holder_kind, holder_id, CASE holder_kind
    WHEN 'user' THEN (
        SELECT email FROM users WHERE account_id = $1 AND user_id = authority_grant.holder_id::uuid
            AND valid_to = 9223372036854775807)
    ELSE (
        SELECT CASE group_id WHEN authority_grant.holder_id THEN name END FROM directory_group
        WHERE account_id = $1 AND group_id >= authority_grant.holder_id ORDER BY group_id LIMIT 1)
    END AS name
FROM authority_grant WHERE account_id = $1 AND ($2::text[] IS NULL OR permissioned = ANY($2))
ORDER BY grant_id, permissioned, holder_kind, holder_id, role;

-- name: crowds
-- The groups of teams.
SELECT DISTINCT group_id, name FROM directory_group
WHERE account_id = $1 AND group_id IN (
    SELECT group_id FROM team WHERE account_id = $1 AND ($2::text[] IS NULL OR team_id = ANY($2)))
ORDER BY group_id;

-- name: members
SELECT found.user_id, found.email FROM unnest($3::bigint[]) AS wanted (ordinal) CROSS JOIN LATERAL (
    SELECT user_id, email FROM users
    WHERE account_id = $1 AND ordinal = wanted.ordinal AND valid_from <= $2 AND valid_to > $2 LIMIT 1) AS found
ORDER BY found.user_id;

-- name: lists
SELECT list_id, name, type, description FROM list
WHERE account_id = $1 AND ($2::text[] IS NULL OR list_id = ANY($2::uuid[])) ORDER BY list_id;

-- name: items
SELECT value, description FROM list_item WHERE account_id = $1 AND list_id = $2 ORDER BY number;

-- name: ruled
SELECT resource_id, document FROM resource
WHERE account_id = $1 AND ($2::text[] IS NULL OR resource_id = ANY($2::uuid[])) AND kind = $3
ORDER BY resource_id;
