-- name: several
-- By reference in small letters; each look-up by itself, see users.sql.
SELECT found.* FROM unnest($2::text[]) AS wanted (reference) CROSS JOIN LATERAL (
    SELECT resource_id, reference, document, created_at, created_by, modified_at, modified_by
    FROM registered_resource WHERE account_id = $1 AND reference = wanted.reference OFFSET 0) AS found;

-- name: one
SELECT resource_id, reference, document, created_at, created_by, modified_at, modified_by
FROM registered_resource WHERE account_id = $1 AND resource_id = $2;

-- name: page
SELECT resource_id, reference, document, created_at, created_by, modified_at, modified_by
FROM registered_resource WHERE account_id = $1 ORDER BY created_at, resource_id LIMIT $3 OFFSET $2;

-- name: usage
SELECT count(*), coalesce(sum(bytes), 0)::bigint FROM registered_resource WHERE account_id = $1;

-- name: insert
INSERT INTO registered_resource (account_id, resource_id, reference, document, bytes,
    created_at, created_by, modified_at, modified_by)
SELECT $1::uuid, $2::text, $3::text, $4::json, $5::integer, moment, $6::text, moment, $6::text
FROM clock_timestamp() AS moment;

-- name: put
UPDATE registered_resource SET reference = $3, document = $4, bytes = $5,
    modified_at = clock_timestamp(), modified_by = $6
WHERE account_id = $1 AND resource_id = $2;

-- name: move
-- What is granted on it stays so under another reference.
UPDATE authority_grant SET permissioned = $3 WHERE account_id = $1 AND permissioned = $2;

-- name: delete
DELETE FROM registered_resource WHERE account_id = $1 AND resource_id = $2;

-- name: delete_grants
DELETE FROM authority_grant WHERE account_id = $1 AND permissioned = $2;
