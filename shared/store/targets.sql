-- name: teams
-- Wherever they are; each look-up by itself, see users.sql.
SELECT found.* FROM unnest($2::text[]) AS wanted (id) CROSS JOIN LATERAL (
    SELECT container_kind, container_id, team_id, team_key, group_id, role_keys, document,
        created_at, created_by, modified_at, modified_by
    FROM team WHERE account_id = $1 AND team_id = wanted.id OFFSET 0) AS found;
