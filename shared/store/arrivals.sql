-- name: resource_ids
SELECT found.resource_id FROM unnest($2::text[]) AS wanted (resource_id) CROSS JOIN LATERAL (
    SELECT resource_id FROM registered_resource
    WHERE account_id = $1 AND resource_id = wanted.resource_id OFFSET 0) AS found;

-- name: teams_at
-- Those of some places; each look-up by itself, see users.sql.
SELECT found.* FROM unnest($2::text[], $3::text[], $4::text[]) AS wanted (kind, container, key)
CROSS JOIN LATERAL (
    SELECT container_kind, container_id, team_id, team_key, group_id, role_keys, document FROM team
    WHERE account_id = $1 AND container_kind = wanted.kind AND container_id = wanted.container
        AND team_key = wanted.key OFFSET 0) AS found;

-- name: teams_by_id
SELECT found.* FROM unnest($2::text[]) AS wanted (id) CROSS JOIN LATERAL (
    SELECT container_kind, container_id, team_id, team_key, group_id, role_keys, document FROM team
    WHERE account_id = $1 AND team_id = wanted.id OFFSET 0) AS found;

-- name: team_groups
SELECT group_id, team_id FROM team WHERE account_id = $1;

-- name: assignments
SELECT policy_id, holder_kind, holder_id FROM assignment WHERE account_id = $1;

-- name: grants
SELECT permissioned, role, holder_kind, holder_id FROM authority_grant WHERE account_id = $1;

-- name: users
-- By id and by address; each look-up by itself, see users.sql.
SELECT found.user_id, found.address, found.groups FROM unnest($2::uuid[]) AS wanted (user_id) CROSS JOIN LATERAL (
    SELECT user_id, address, groups FROM users
    WHERE account_id = $1 AND user_id = wanted.user_id AND valid_to = 9223372036854775807 OFFSET 0) AS found
UNION ALL
SELECT found.user_id, found.address, found.groups FROM unnest($3::text[]) AS wanted (address) CROSS JOIN LATERAL (
    SELECT user_id, address, groups FROM users
    WHERE account_id = $1 AND address = wanted.address AND valid_to = 9223372036854775807 OFFSET 0) AS found;

-- name: own_groups
SELECT count(*) FROM directory_group WHERE account_id = $1 AND created_by <> 'directory';

-- name: number_of_grants
SELECT count(*) FROM authority_grant WHERE account_id = $1;
