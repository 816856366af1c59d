-- name: introduce
-- Those of some names that are not known yet, each looked up by itself.
INSERT INTO directory_group (account_id, group_id, name, document,
    created_at, created_by, modified_at, modified_by)
SELECT $1, left(encode(sha256(uuid_send(gen_random_uuid())), 'hex'), 20), given.name, '{}',
    moment, 'directory', moment, 'directory'
FROM unnest($2::text[], $3::text[]) AS given (name, label), statement_timestamp() AS moment
WHERE given.label IS DISTINCT FROM (
    SELECT label FROM directory_group WHERE account_id = $1 AND label >= given.label ORDER BY label LIMIT 1)
ON CONFLICT (account_id, label) DO NOTHING;

-- name: insert
INSERT INTO directory_group (account_id, group_id, name, document,
    created_at, created_by, modified_at, modified_by)
SELECT $1::uuid, $2::text, $3::text, $4::json, moment, $5::text, moment, $5::text
FROM clock_timestamp() AS moment ON CONFLICT (account_id, label) DO NOTHING RETURNING group_id;

-- name: put
UPDATE directory_group SET document = $3, modified_at = clock_timestamp(), modified_by = $4
WHERE account_id = $1 AND group_id = $2;

-- name: delete
DELETE FROM directory_group WHERE account_id = $1 AND group_id = $2;

-- name: several
-- The first group that is not before the one that is looked for, see principals.sql.
SELECT found.* FROM unnest($2::text[]) AS wanted (group_id) CROSS JOIN LATERAL (
    SELECT group_id, name, document, created_at, created_by, modified_at, modified_by FROM directory_group
    WHERE account_id = $1 AND group_id >= wanted.group_id ORDER BY group_id LIMIT 1) AS found
WHERE found.group_id = wanted.group_id
ORDER BY found.created_at, found.group_id;

-- name: in_order
SELECT found.group_id FROM unnest($2::text[]) AS wanted (group_id) CROSS JOIN LATERAL (
    SELECT group_id, created_at FROM directory_group
    WHERE account_id = $1 AND group_id >= wanted.group_id ORDER BY group_id LIMIT 1) AS found
WHERE found.group_id = wanted.group_id
ORDER BY found.created_at, found.group_id;

-- name: page
SELECT group_id, name, document, created_at, created_by, modified_at, modified_by FROM directory_group
WHERE account_id = $1 ORDER BY created_at, group_id LIMIT $3 OFFSET $2;

-- name: count
SELECT count(*) FROM directory_group WHERE account_id = $1;

-- name: over
SELECT count(*) > $2 FROM (
    SELECT FROM directory_group WHERE account_id = $1 AND created_by <> 'directory' LIMIT $2 + 1) AS counted;

-- name: named
SELECT found.name, found.group_id FROM unnest($2::text[]) AS wanted (label) CROSS JOIN LATERAL (
    SELECT name, group_id, label FROM directory_group WHERE account_id = $1 AND label >= wanted.label
    ORDER BY label LIMIT 1) AS found
WHERE found.label = wanted.label;

-- name: nestings
SELECT group_id, array_agg(member_id ORDER BY member_id) FROM group_nesting WHERE account_id = $1 GROUP BY group_id;

-- name: nest
INSERT INTO group_nesting (account_id, group_id, member_id) VALUES ($1, $2, $3)
ON CONFLICT DO NOTHING RETURNING group_id;

-- name: unnest
DELETE FROM group_nesting WHERE account_id = $1 AND group_id = $2 AND member_id = $3 RETURNING group_id;

-- name: backing
SELECT team_id FROM team WHERE account_id = $1 AND group_id = $2 ORDER BY team_id LIMIT 1;

-- name: members
SELECT found.value, found.segment, found.data FROM unnest($2::text[]) AS wanted (label) CROSS JOIN LATERAL (
    SELECT value, segment, data FROM posting
    WHERE account_id = $1 AND attribute = 'membership' AND value = wanted.label
        AND valid_to = 9223372036854775807 OFFSET 0) AS found;

-- name: records
SELECT found.* FROM unnest($3::bigint[]) AS wanted (ordinal) CROSS JOIN LATERAL (
    SELECT ordinal, user_id, address, email, name, groups, identity,
        timestamptz_send(coalesce(created_at, updated_at)) AS created_at FROM users
    WHERE account_id = $1 AND ordinal = wanted.ordinal AND valid_from <= $2 AND valid_to > $2 LIMIT 1) AS found;

-- name: member_changes
SELECT found.value, found.ordinal, found.added FROM unnest($2::text[]) AS wanted (label) CROSS JOIN LATERAL (
    SELECT value, ordinal, added, sequence FROM posting_change
    WHERE account_id = $1 AND attribute = 'membership' AND value = wanted.label OFFSET 0) AS found
ORDER BY found.sequence;
