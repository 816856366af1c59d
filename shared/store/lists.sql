-- name: kinds
SELECT list_id, type FROM list WHERE account_id = $1 AND list_id = ANY($2::uuid[]);

-- name: values
SELECT coalesce(array_agg(canonical ORDER BY number), '{}') FROM list_item
WHERE account_id = $1 AND list_id = $2;

-- name: every
SELECT list_id, name, type, description, items, digest, created_at, updated_at FROM list
WHERE account_id = $1 ORDER BY created_at, list_id;

-- name: get
SELECT list_id, name, type, description, items, digest, created_at, updated_at FROM list
WHERE account_id = $1 AND list_id = $2;

-- name: page
-- First where the page begins, which the index alone tells; then no more rows than it has.
SELECT value, description, created_at FROM list_item
WHERE account_id = $1 AND list_id = $2 AND number >= (
    SELECT number FROM list_item WHERE account_id = $1 AND list_id = $2 ORDER BY number OFFSET $3 LIMIT 1)
ORDER BY number LIMIT $4;

-- name: count
SELECT count(*) FROM list WHERE account_id = $1;

-- name: twin
SELECT list_id FROM list
WHERE account_id = $1 AND type = $2 AND name = $3 AND description IS NOT DISTINCT FROM $4 AND digest = $5
    AND created_at > now() - make_interval(secs => $6)
ORDER BY created_at LIMIT 1;

-- name: insert
INSERT INTO list (account_id, list_id, type, name, description, items, digest)
VALUES ($1, $2, $3, $4, $5, $6, $7);

-- name: update
UPDATE list SET name = $3, description = $4, items = $5, digest = $6, updated_at = statement_timestamp()
WHERE account_id = $1 AND list_id = $2;

-- name: delete
DELETE FROM list WHERE account_id = $1 AND list_id = $2;

-- name: delete_items
DELETE FROM list_item WHERE account_id = $1 AND list_id = $2;

-- name: join_by_hash
-- across accounts: a setting of the transaction; reads nothing
-- The planner knows nothing of a list that was just written, and a loop over it for each value takes its square.
SET LOCAL enable_nestloop = off;

-- name: keep
DELETE FROM list_item WHERE account_id = $1 AND list_id = $2
    AND NOT EXISTS (SELECT 1 FROM unnest($3::text[]) AS kept (canonical)
        WHERE kept.canonical = list_item.canonical);

-- name: put
-- What was there before keeps the time of its creation.
INSERT INTO list_item (account_id, list_id, number, value, canonical, description)
SELECT $1, $2, number, value, canonical, description
FROM unnest($3::text[], $4::text[], $5::text[]) WITH ORDINALITY AS given (value, canonical, description, number)
ON CONFLICT (account_id, list_id, canonical) DO UPDATE
SET number = excluded.number, value = excluded.value, description = excluded.description
WHERE (list_item.number, list_item.value, list_item.description)
    IS DISTINCT FROM (excluded.number, excluded.value, excluded.description);

-- name: append
INSERT INTO list_item (account_id, list_id, number, value, canonical, description)
SELECT $1, $2, last + number, value, canonical, description
FROM unnest($3::text[], $4::text[], $5::text[]) WITH ORDINALITY AS given (value, canonical, description, number),
    (SELECT coalesce(max(number), 0) AS last FROM list_item WHERE account_id = $1 AND list_id = $2) AS before
ON CONFLICT DO NOTHING;

-- name: remove
DELETE FROM list_item WHERE account_id = $1 AND list_id = $2
    AND canonical IN (SELECT unnest($3::text[]));

-- name: fingerprint
-- The digest is that of `shared.wire.cloudflare.list_items`: each text behind its length, so that none runs into another.
SELECT count(*) AS items, sha256(convert_to(coalesce(string_agg(length(value) || ':' || value
    || coalesce(length(description) || ':' || description, '-'), '' ORDER BY number), ''), 'UTF8')) AS digest
FROM list_item WHERE account_id = $1 AND list_id = $2;
