-- name: page
SELECT team_id, team_key, group_id, role_keys, document, created_at, created_by, modified_at, modified_by
FROM team WHERE account_id = $1 AND container_kind = $2 AND container_id = $3
ORDER BY created_at, team_id LIMIT $5 OFFSET $4;

-- name: count
SELECT count(*) FROM team WHERE account_id = $1 AND container_kind = $2 AND container_id = $3;

-- name: usage
SELECT count(*), coalesce(sum(bytes), 0)::bigint FROM team WHERE account_id = $1;

-- name: by_key
SELECT team_id, team_key, group_id, role_keys, document, created_at, created_by, modified_at, modified_by
FROM team WHERE account_id = $1 AND container_kind = $2 AND container_id = $3 AND team_key = $4;

-- name: by_id
SELECT team_id, team_key, group_id, role_keys, document, created_at, created_by, modified_at, modified_by
FROM team WHERE account_id = $1 AND container_kind = $2 AND container_id = $3 AND team_id = $4;

-- name: of_groups
SELECT team_id, team_key, group_id, role_keys, document, created_at, created_by, modified_at, modified_by
FROM team WHERE account_id = $1 AND container_kind = $2 AND container_id = $3 AND group_id = ANY($4::text[])
ORDER BY created_at, team_id;

-- name: insert
INSERT INTO team (account_id, team_id, container_kind, container_id, team_key, group_id, role_keys, document,
    bytes, created_at, created_by, modified_at, modified_by)
SELECT $1::uuid, $2::text, $3::text, $4::text, $5::text, $6::text, $7::text[], $8::json, $9::integer,
    moment, $10::text, moment, $10::text
FROM clock_timestamp() AS moment
RETURNING team_id, team_key, group_id, role_keys, document, created_at, created_by, modified_at, modified_by;

-- name: put
UPDATE team SET role_keys = $3, document = $4, bytes = $5, modified_at = clock_timestamp(), modified_by = $6
WHERE account_id = $1 AND team_id = $2
RETURNING team_id, team_key, group_id, role_keys, document, created_at, created_by, modified_at, modified_by;

-- name: unassign
DELETE FROM assignment WHERE account_id = $1 AND holder_kind = 'team' AND holder_id = $2;

-- name: delete
DELETE FROM team WHERE account_id = $1 AND team_id = $2;
