-- name: lock
-- across accounts: locks a number made of the account; reads nothing
SELECT pg_advisory_xact_lock(hashtextextended('resources ' || $1::uuid::text, 0));

-- name: several
SELECT resource_id, name, document, created_at, updated_at FROM resource
WHERE account_id = $1 AND kind = $2 AND resource_id = ANY($3::uuid[]);

-- name: page
SELECT resource_id, name, document, created_at, updated_at FROM resource
WHERE account_id = $1 AND kind = $2 AND ($3::text IS NULL OR name = $3)
    AND ($4::text IS NULL OR strpos(folded, $4) > 0)
ORDER BY created_at, resource_id LIMIT $6 OFFSET $5;

-- name: count
SELECT count(*) FROM resource
WHERE account_id = $1 AND kind = $2 AND ($3::text IS NULL OR name = $3)
    AND ($4::text IS NULL OR strpos(folded, $4) > 0);

-- name: usage
SELECT count(*) FILTER (WHERE kind = $2), coalesce(sum(bytes), 0)::bigint FROM resource WHERE account_id = $1;

-- name: twin
SELECT resource_id, name, document, created_at, updated_at FROM resource
WHERE account_id = $1 AND kind = $2 AND name = $3 AND document::text = $4::text
    AND created_at > now() - make_interval(secs => $5)
ORDER BY created_at LIMIT 1;

-- name: insert
INSERT INTO resource (account_id, kind, resource_id, name, folded, document, bytes, created_at, updated_at)
SELECT $1::uuid, $2::text, $3::uuid, $4::text, $5::text, $6::json, $7::integer, moment, moment
FROM clock_timestamp() AS moment
RETURNING resource_id, name, document, created_at, updated_at;

-- name: put
UPDATE resource SET name = $4, folded = $5, document = $6, bytes = $7, updated_at = clock_timestamp()
WHERE account_id = $1 AND kind = $2 AND resource_id = $3
RETURNING resource_id, name, document, created_at, updated_at;

-- name: delete
DELETE FROM resource WHERE account_id = $1 AND kind = $2 AND resource_id = $3;

-- name: forget_references
DELETE FROM resource_reference WHERE account_id = $1 AND source_kind = $2 AND source_id = $3;

-- name: refer
INSERT INTO resource_reference (account_id, source_kind, source_id, target_kind, target_id)
SELECT DISTINCT $1::uuid, $2::text, $3::uuid, kind, id
FROM unnest($4::text[], $5::uuid[]) AS target (kind, id);

-- name: closure
WITH RECURSIVE reached (id) AS (
    SELECT unnest($2::uuid[])
    UNION
    SELECT target_id FROM reached JOIN resource_reference
        ON account_id = $1 AND source_kind = 'group' AND source_id = reached.id AND target_kind = 'group'
)
SELECT resource_id, name, document, created_at, updated_at FROM resource
WHERE account_id = $1 AND kind = 'group' AND resource_id = ANY(ARRAY(SELECT id FROM reached));

-- name: nesting
SELECT source_id, array_agg(target_id) FROM resource_reference
WHERE account_id = $1 AND source_kind = 'group' AND target_kind = 'group' GROUP BY source_id;

-- name: names
SELECT resource_id, name FROM resource WHERE account_id = $1 AND kind = $2 AND resource_id = ANY($3::uuid[]);

-- name: referrers
SELECT source_kind, source_id, resource.name FROM resource_reference
JOIN resource ON resource.account_id = $1 AND kind = source_kind AND resource_id = source_id
WHERE resource_reference.account_id = $1 AND target_kind = $2 AND target_id = $3
ORDER BY created_at, resource_id LIMIT $4;
