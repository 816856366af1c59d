-- name: grant
INSERT INTO authority_grant (account_id, grant_id, permissioned, holder_kind, holder_id, role, created_at)
SELECT $1::uuid, $2::text, $3::text, $4::text, $5::text, $6::text, moment FROM clock_timestamp() AS moment
ON CONFLICT DO NOTHING RETURNING grant_id;

-- name: revoke
DELETE FROM authority_grant
WHERE account_id = $1 AND permissioned = $2 AND holder_kind = $3 AND holder_id = $4
    AND ($5::text IS NULL OR role = $5)
RETURNING grant_id, role;

-- name: on
-- By index, all of it: whoever reads a list shows most of it.
SELECT grant_id, role, holder_kind, holder_id FROM authority_grant
WHERE account_id = $1 AND permissioned = $2 ORDER BY created_at, grant_id;

-- name: any_on
SELECT EXISTS (SELECT FROM authority_grant WHERE account_id = $1 AND permissioned = $2);

-- name: over
SELECT count(*) > $2 FROM (SELECT FROM authority_grant WHERE account_id = $1 LIMIT $2 + 1) AS counted;
